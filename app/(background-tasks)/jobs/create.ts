import { createHash, randomUUID } from "node:crypto";
import { HttpError } from "@/lib/http";
import { type Input, jobLimits, type Kind } from "../contract";
import type { StartData } from "../inngest/start-data";
import { COLUMNS, type JobRow, jobEventOf, parseRow } from "./rows";
import { type Transaction, transact } from "./transact";

export interface NewJob {
  userId: string;
  kind: Kind;
  input: Input;
  /** The request's Idempotency-Key. */
  key: string | undefined;
}

/**
 * Stores a job and the event that starts it in one transaction: a crash loses both or neither. With
 * a key that has made a job already, answers that one: `fresh` is then false.
 * @throws HttpError 409 (a request with this key is under way), 422 (the key belongs to another
 *   request), 429 (too many jobs)
 */
export function createJob(wanted: NewJob): Promise<{ job: JobRow; fresh: boolean }> {
  return transact(async (tx) => {
    const before = await claimKey(tx, wanted);
    if (before) return { job: before, fresh: false };
    await assertRoom(tx, wanted.userId);
    return { job: await insertJob(tx, wanted), fresh: true };
  });
}

/**
 * The name of the event that starts a job, and its id: that of the job, with the round of a replay and
 * the number of a restart. Inngest passes over an id that it has seen.
 */
export function startEvent({ id, userId, kind, round, restarts, dueAt }: JobRow) {
  const inRound = round === 1 ? id : `${id}:${round}`;
  const eventId = restarts === 0 ? inRound : `${inRound}:again:${restarts}`;
  const due = dueAt?.toISOString() ?? null;
  const data: StartData = { jobId: id, userId, round, again: restarts, dueAt: due };
  return { id: eventId, name: `job/${kind}`, data };
}

async function insertJob(tx: Transaction, { userId, kind, input, key }: NewJob): Promise<JobRow> {
  const id = randomUUID();
  const delay = "delaySeconds" in input ? input.delaySeconds : 0;
  const { rows } = await tx.query(
    `INSERT INTO job (id, user_id, kind, input, status, max_attempts, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7::int > 0 THEN now() + $7::int * interval '1 second' END)
     RETURNING ${COLUMNS}`,
    [
      id,
      userId,
      kind,
      JSON.stringify(input),
      delay > 0 ? "sleeping" : "queued",
      jobLimits.attempts,
      delay,
    ],
  );
  const job = parseRow(rows[0]);
  if (key !== undefined) await storeKey(tx, { userId, kind, input, key }, id);
  await tx.send(startEvent(job));
  tx.note(userId, jobEventOf(job));
  return job;
}

/**
 * The job that a key has made. The table is asked first: any number of repetitions of a request that has ended
 * get its answer, side by side. Only who finds nothing takes the lock, which says that a request is under way and is
 * gone with its connection; the table is then asked again, for the one that ended in between.
 */
async function claimKey(tx: Transaction, wanted: NewJob): Promise<JobRow | undefined> {
  const { userId, key } = wanted;
  if (key === undefined) return undefined;
  const before = await jobOfKey(tx, wanted);
  if (before) return before;
  const lock = await tx.query<{ held: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 8)) AS held",
    [`${userId} ${key}`],
  );
  if (!lock.rows[0]?.held) throw underWay();
  return jobOfKey(tx, wanted);
}

/** @throws HttpError 422 where the key has made a job of another request */
async function jobOfKey(tx: Transaction, wanted: NewJob): Promise<JobRow | undefined> {
  const { rows } = await tx.query(
    `SELECT ${COLUMNS}, fingerprint FROM job JOIN
       (SELECT job_id, fingerprint FROM job_key WHERE user_id = $1 AND key = $2
           AND created_at > now() - $3 * interval '1 hour') k ON k.job_id = job.id`,
    [wanted.userId, wanted.key, jobLimits.keyHours],
  );
  if (!rows[0]) return undefined;
  if (rows[0].fingerprint === fingerprintOf(wanted)) return parseRow(rows[0]);
  const detail = "This Idempotency-Key belongs to another request. Take a new one for a new job.";
  throw new HttpError(422, "idempotency-key-reused", detail);
}

/** The primary key has the last word: whoever finds it taken, takes all of its own back. */
async function storeKey(tx: Transaction, job: NewJob, id: string): Promise<void> {
  const { rowCount } = await tx.query(
    `INSERT INTO job_key (user_id, key, fingerprint, job_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = $3, job_id = $4, created_at = now()
      WHERE job_key.created_at <= now() - $5 * interval '1 hour'`,
    [job.userId, job.key, fingerprintOf(job), id, jobLimits.keyHours],
  );
  if (rowCount === 0) throw underWay();
}

/** Of what the request means: defaults are filled in, the order of its members does not count. */
const fingerprintOf = ({ kind, input }: NewJob) =>
  createHash("sha256")
    .update(JSON.stringify([kind, input]))
    .digest("base64");

function underWay(): HttpError {
  const detail = "A request with this Idempotency-Key is under way. Repeat it in a second.";
  return new HttpError(409, "idempotency-key-in-flight", detail, {
    headers: { "retry-after": "1" },
  });
}

async function assertRoom(tx: Transaction, userId: string): Promise<void> {
  const { active } = jobLimits;
  // One at a time for each user: two that come together must not both be the last.
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 9))", [userId]);
  const { rows } = await tx.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM job WHERE user_id = $1 AND finished_at IS NULL",
    [userId],
  );
  if ((rows[0]?.count ?? 0) < active) return;
  const detail = `At most ${active} jobs of yours are under way at once. Wait for one, or cancel it.`;
  throw new HttpError(429, "too-many-jobs", detail, {
    headers: { "retry-after": "5" },
    members: { limit: active },
  });
}
