import { json, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { lastTicks, lateSchedules } from "../../inngest/ticks";

// GET → 200 { runs, late }: what the schedules did last, the newest first, and which of them have
//   not fired when they should. They belong to nobody.
// Fails with 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    await requireSession(request);
    const [runs, late] = await Promise.all([lastTicks(), lateSchedules()]);
    return json({ runs, late });
  },
});
