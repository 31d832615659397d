import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { type JobEvent, type JobState, jobState, jobStatuses, kindSchema } from "../contract";
import type { Transaction } from "./transact";

const row = z.object({
  id: z.string(),
  userId: z.string(),
  kind: kindSchema,
  input: z.unknown(),
  status: z.enum(jobStatuses),
  round: z.number(),
  restarts: z.number(),
  attempt: z.number(),
  maxAttempts: z.number(),
  dueAt: z.date().nullable(),
  error: z.string().nullable(),
  createdAt: z.date(),
});
export type JobRow = z.infer<typeof row>;

export const COLUMNS = `id, user_id AS "userId", kind, input, status, round, restarts, attempt,
  max_attempts AS "maxAttempts", due_at AS "dueAt", error, created_at AS "createdAt"`;

/** @throws ZodError where the table holds something else */
export const parseRow = (value: unknown): JobRow => row.parse(value);

/** A job, locked until the transaction ends; undefined for none. */
export async function lockRow(tx: Transaction, id: string): Promise<JobRow | undefined> {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM job WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] && parseRow(rows[0]);
}

/** A user's own job; undefined for another's, and for none. */
export async function findRow(id: string, userId: string): Promise<JobRow | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const { rows } = await pool().query(`SELECT ${COLUMNS} FROM job WHERE id = $1 AND user_id = $2`, [
    id,
    userId,
  ]);
  return rows[0] && parseRow(rows[0]);
}

/** What is told of a job whose row has changed. */
export const jobEventOf = ({ id, status, round, attempt, dueAt, error }: JobRow): JobEvent => ({
  type: "job",
  id,
  status,
  round,
  attempt,
  dueAt: dueAt?.toISOString() ?? null,
  error,
});

/** Changes a row in a way that its user is told of, in the same transaction. Each change is progress. */
export async function updateRow(
  tx: Transaction,
  { id, userId }: JobRow,
  set: string,
  values: unknown[] = [],
): Promise<JobRow> {
  const { rows } = await tx.query(
    `UPDATE job SET ${set}, moved_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, ...values],
  );
  const changed = parseRow(rows[0]);
  tx.note(userId, jobEventOf(changed));
  return changed;
}

/** Times of JSON built by Postgres have an offset and microseconds: as the contract writes them. */
const at = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const STATE = `
  SELECT json_build_object(
    'id', j.id, 'kind', j.kind, 'status', j.status, 'round', j.round,
    'restarts', j.restarts, 'movedAt', ${at("j.moved_at")}, 'attempt', j.attempt,
    'maxAttempts', j.max_attempts, 'dueAt', ${at("j.due_at")}, 'instance', j.instance,
    'result', j.result, 'error', j.error, 'createdAt', ${at("j.created_at")},
    'startedAt', ${at("j.started_at")}, 'finishedAt', ${at("j.finished_at")},
    'steps', (SELECT coalesce(json_agg(json_build_object(
        'name', s.name, 'status', s.status, 'attempt', s.attempt, 'runs', s.runs,
        'instance', s.instance, 'error', s.error, 'nextRetryAt', ${at("s.due_at")},
        'startedAt', ${at("s.started_at")}, 'finishedAt', ${at("s.finished_at")})
        ORDER BY s.position), '[]') FROM job_step s WHERE s.job_id = j.id),
    'effects', (SELECT coalesce(json_agg(json_build_object(
        'step', l.step, 'instance', l.instance, 'at', ${at("l.at")}, 'effect', l.effect)
        ORDER BY l.at), '[]') FROM ledger l WHERE l.job = j.id::text)) AS state,
    j.created_at::text AS created_at
    FROM job j`;

/** The state of a job that the caller has found to be the user's own. */
export async function readState(id: string): Promise<JobState> {
  const { rows } = await pool().query(`${STATE} WHERE j.id = $1`, [id]);
  return jobState.parse(rows[0]?.state);
}

/** Whether a job has ended, as its row says now. */
export async function isOver(id: string): Promise<boolean> {
  const { rows } = await pool().query<{ over: boolean }>(
    "SELECT finished_at IS NOT NULL AS over FROM job WHERE id = $1",
    [id],
  );
  return rows[0]?.over ?? true;
}

/** Where a page ended: the time of its last job, as Postgres writes it, and that job's id. */
export type Place = [createdAt: string, id: string];

/** A user's jobs, the newest first, from a place on: by keyset, so a deep page costs no more. */
export async function readPage(userId: string, after: Place | undefined, limit: number) {
  const { rows } = await pool().query(
    `${STATE} WHERE j.user_id = $1
        AND ($2::timestamptz IS NULL OR (j.created_at, j.id) < ($2::timestamptz, $3::uuid))
      ORDER BY j.created_at DESC, j.id DESC LIMIT $4`,
    [userId, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  const jobs = rows.slice(0, limit).map(({ state }) => jobState.parse(state));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    jobs,
    next: last && ([last.created_at, last.state.id] as Place),
  };
}
