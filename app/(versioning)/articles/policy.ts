import { bucketInProcess } from "@/lib/rate-limit/in-process";
import { articleLimits } from "../contract";

/** Posts are counted together, whichever address and version they go to. */
export const posting = bucketInProcess("article-posts", articleLimits.posts);
