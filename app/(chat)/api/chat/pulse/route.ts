import type { z } from "zod";
import { json, route } from "@/lib/http";
import { log } from "@/lib/log";
import type { pulse } from "../../../contract";
import { liveChat } from "../../../live";
import { streamOf } from "../../../messages";

const LOBBY = "lobby";

// GET → 200: messages ever stored in the lobby, and the people in it now. For anyone.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET() {
    const { head } = await log().read(streamOf(LOBBY), Number.MAX_SAFE_INTEGER, 1);
    const body: z.infer<typeof pulse> = { messages: head, people: liveChat().people(LOBBY) };
    return json(body);
  },
});
