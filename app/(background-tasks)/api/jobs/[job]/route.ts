import { readJson } from "@/lib/body";
import { json, notFound, route } from "@/lib/http";
import { idempotencyKey } from "@/lib/idempotency-key";
import { countForAddress } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import {
  inputs,
  type JobState,
  jobAccepted,
  jobLimits,
  kindSchema,
  shortKinds,
} from "../../../contract";
import { createJob } from "../../../jobs/create";
import { applied, parsePrefer } from "../../../jobs/prefer";
import { findRow, readState } from "../../../jobs/rows";
import { waitFor } from "../../../jobs/wait";

// The segment is a kind for POST, an id for GET.
//   POST /api/jobs/{kind} → 202 { id, kind, createdAt }, Location: /api/jobs/{id}. With
//   Idempotency-Key a repetition gets the same answer, and `Idempotent-Replayed: true`. With
//   `Prefer: wait=n` a short job that ends in time is answered with 200 and its state (RFC 7240).
//   GET /api/jobs/{id} → 200: the state of one's own job.
// Fails with 400, 401, 404 (no such kind; no such job, or another user's), 409 (the key is under
// way), 413, 415, 422 (the key belongs to another request), 429 (20 jobs under way, or too many
// begun from one address).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route<{ job: string }>({
  async POST(request, { params }) {
    const { userId } = await requireSession(request);
    const kind = kindSchema.safeParse((await params).job).data;
    if (!kind) throw notFound(`There is no kind of job of this name, only ${kindSchema.options}.`);
    const key = idempotencyKey(request.headers);
    const prefer = parsePrefer(request.headers.get("prefer"));
    const input = await readJson(request, inputs[kind]);
    await countForAddress(request, jobLimits.started);

    const { job, fresh } = await createJob({ userId, kind, input, key });
    const headers = new Headers({ location: `/api/jobs/${job.id}` });
    if (!fresh) headers.set("idempotent-replayed", "true");

    const waits = prefer.wait !== undefined && shortKinds.includes(kind);
    const preferenceApplied = applied(prefer, waits);
    if (preferenceApplied) headers.set("preference-applied", preferenceApplied);
    const ended = waits ? await waitFor(request, job, prefer.wait ?? 0) : undefined;
    if (ended) {
      headers.set("content-location", `/api/jobs/${job.id}`);
      return json(ended, { headers });
    }
    const accepted = jobAccepted.parse({ ...job, createdAt: job.createdAt.toISOString() });
    return json(accepted, { status: 202, headers });
  },

  async GET(request, { params }) {
    const { userId } = await requireSession(request);
    const job = await findRow((await params).job, userId);
    if (!job) throw notFound("You have no job of this id.");
    const state: JobState = await readState(job.id);
    return json(state);
  },
});
