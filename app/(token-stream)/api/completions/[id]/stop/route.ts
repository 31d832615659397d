import { bus } from "@/lib/bus";
import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { CHANNEL } from "../../../../completion/producer";
import { requestStop } from "../../../../completion/rows";

// Stops one's own completion: its producer, on whichever instance, aborts the request to the model
// and keeps what came. Leaving is not stopping; this is.
//   POST → 202 { status: "stopping" }; 200 with its status where it has ended already.
// Fails with 401, 404 (also for another user's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ id: string }>({
  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const { id } = await params;
    const status = await requestStop(id, userId);
    if (!status) throw notFound("You have no completion of this id.");
    // The row is the order; this only makes it heard at once.
    if (status === "stopping") await bus().publish(CHANNEL, `stop ${id}`);
    return json({ id, status }, { status: status === "stopping" ? 202 : 200 });
  },
});
