import { randomUUID } from "node:crypto";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { lifecycle } from "@/lib/lifecycle";
import { jobLimits } from "../contract";
import { transact } from "../jobs/transact";
import { type TaskState, taskState } from "./contract";

/** How long a task that shows no life still counts as alive. It shows it every second. */
const ALIVE = "3 seconds";

const at = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** Nobody writes "lost": the process that could is dead. The time says it. */
const STATUS = "CASE WHEN status <> 'done' AND alive_until < now() THEN 'lost' ELSE status END";
const COLUMNS = `id, note, seconds, progress, instance, ${STATUS} AS status,
  ${at("created_at")} AS "createdAt", ${at("finished_at")} AS "finishedAt"`;

/**
 * Stores a task of this very process.
 * @throws HttpError 429
 */
export function insertTask(userId: string, note: string, seconds: number): Promise<TaskState> {
  return transact(async (tx) => {
    const { activeTasks } = jobLimits;
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 10))", [userId]);
    const active = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM task
        WHERE user_id = $1 AND status <> 'done' AND alive_until >= now()`,
      [userId],
    );
    if ((active.rows[0]?.count ?? 0) >= activeTasks) {
      const detail = `At most ${activeTasks} tasks of yours are under way at once. Wait for one.`;
      throw new HttpError(429, "too-many-tasks", detail, { headers: { "retry-after": "5" } });
    }
    const { rows } = await tx.query(
      `INSERT INTO task (id, user_id, note, seconds, instance, boot_id, alive_until)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval) RETURNING ${COLUMNS}`,
      [randomUUID(), userId, note, seconds, env().INSTANCE_NAME, lifecycle().bootId, ALIVE],
    );
    return taskState.parse(rows[0]);
  });
}

/** Shows life: so much is done. */
export async function showProgress(id: string, progress: number): Promise<void> {
  await pool().query(
    `UPDATE task SET status = 'running', progress = $2, alive_until = now() + $3::interval
      WHERE id = $1`,
    [id, progress, ALIVE],
  );
}

/** Done, with its line in the ledger. */
export async function finishTask(id: string, note: string): Promise<void> {
  await pool().query(
    `WITH done AS (UPDATE task SET status = 'done', finished_at = now() WHERE id = $1)
     INSERT INTO ledger (job, step, effect, instance) VALUES ($2, 'task', $3, $4)
     ON CONFLICT DO NOTHING`,
    [id, `task:${id}`, JSON.stringify({ note }), env().INSTANCE_NAME],
  );
}

/** A user's own task; undefined for another's, and for none. */
export async function findTask(id: string, userId: string): Promise<TaskState | undefined> {
  if (!z.uuid().safeParse(id).success) return undefined;
  const { rows } = await pool().query(
    `SELECT ${COLUMNS} FROM task WHERE id = $1 AND user_id = $2`,
    [id, userId],
  );
  return rows[0] && taskState.parse(rows[0]);
}

/** A user's last tasks, the newest first. */
export async function lastTasks(userId: string): Promise<TaskState[]> {
  const { rows } = await pool().query(
    `SELECT ${COLUMNS} FROM task WHERE user_id = $1 ORDER BY task.created_at DESC, id LIMIT 10`,
    [userId],
  );
  return rows.map((row) => taskState.parse(row));
}
