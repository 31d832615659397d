import { bucketInProcess } from "@/lib/rate-limit/in-process";
import { listLimits } from "../contract";

/** What makes a list, or writes to it, is counted together. */
export const writing = bucketInProcess("item-writes", listLimits.requests);
