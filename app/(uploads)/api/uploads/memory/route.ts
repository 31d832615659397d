import { env } from "@/lib/env";
import { json, route } from "@/lib/http";
import type { Memory } from "../../../contract";
import { streamingSlots } from "../../../receive/slots";

// GET → 200: the memory of the process that answers, and how many uploads it is streaming.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET() {
    const { rss, external } = process.memoryUsage();
    const { INSTANCE_NAME: instance } = env();
    return json({
      instance,
      at: Date.now(),
      rss,
      external,
      streams: streamingSlots().count(),
    } satisfies Memory);
  },
});
