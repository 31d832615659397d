import { createWireClient } from "@/components/wire-client";
import type { WireStore } from "@/components/wire-store";

/** The API's client, with the headers of an answer that belong to the story of this page. */
export const createApi = (wire: WireStore) =>
  createWireClient(wire.add, ["link", "server-timing", "location", "retry-after"]);

export type Api = ReturnType<typeof createApi>;
