import { json, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { lastTicks } from "../../inngest/ticks";

// GET → 200 { runs }: what the schedules did last, the newest first. They belong to nobody.
// Fails with 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    await requireSession(request);
    return json({ runs: await lastTicks() });
  },
});
