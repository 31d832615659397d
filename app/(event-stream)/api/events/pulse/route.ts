import { env } from "@/lib/env";
import { json, route } from "@/lib/http";
import { streams } from "@/lib/streams";
import type { Pulse } from "../../../contract";

// GET → 200: the instance that answers, and the streams it holds open. For anyone.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET() {
    const body: Pulse = { instance: env().INSTANCE_NAME, openStreams: streams().size() };
    return json(body);
  },
});
