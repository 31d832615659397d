import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { cancelJob } from "../../../../jobs/orders";
import { findRow } from "../../../../jobs/rows";

// Cancels one's own job, whether it waits, sleeps or runs. What is in the ledger stays done.
//   POST → 200 { id, status }: cancelled, or the status with which it had ended before.
// Fails with 401, 404 (also for another user's).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ job: string }>({
  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const job = await findRow((await params).job, userId);
    if (!job) throw notFound("You have no job of this id.");
    return json({ id: job.id, status: await cancelJob(job) });
  },
});
