import { readJson } from "@/lib/body";
import { json, notFound, route } from "@/lib/http";
import { requireSession } from "@/lib/session/session";
import { replayRequest } from "../../../../contract";
import { replayJob } from "../../../../jobs/orders";
import { findRow } from "../../../../jobs/rows";

// Starts one's own dead letter again, as its next round. What the ledger holds is not done again.
//   POST { keepFaults? } → 202 { id, status, round }; the faults that were asked for are taken back
//   unless they are to be kept.
// Fails with 400, 401, 404 (also for another user's), 409 (no dead letter), 413, 415.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ job: string }>({
  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const { keepFaults } = await readJson(request, replayRequest);
    const job = await findRow((await params).job, userId);
    if (!job) throw notFound("You have no job of this id.");
    const { id, status, round } = await replayJob(job, !keepFaults);
    const headers = { location: `/api/jobs/${id}` };
    return json({ id, status, round }, { status: 202, headers });
  },
});
