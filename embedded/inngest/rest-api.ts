import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { cancelMany } from "./cancel.ts";
import { ApiError, readJson, sendJson } from "./exchange.ts";
import type { Executor } from "./executor.ts";
import { checkExpression } from "./expression.ts";
import { cancelRun } from "./runs.ts";
import { ulid } from "./ulid.ts";

interface RunRow {
  id: string;
  function_id: string;
  status: string;
  event_ids: string[];
  cron: string | null;
  output: unknown;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

/** A run as `GET /v1/runs/{id}` shows it. */
const shown = (run: RunRow) => ({
  run_id: run.id,
  run_started_at: (run.started_at ?? run.created_at).toISOString(),
  function_id: run.function_id,
  event_id: run.event_ids[0] ?? null,
  cron: run.cron,
  status: run.status,
  ended_at: run.ended_at?.toISOString() ?? null,
  output: run.output,
});

const answer = (response: ServerResponse, data: unknown) =>
  sendJson(response, 200, { data, metadata: { fetched_at: new Date().toISOString() } });

/** GET /v1/events/{id}/runs: the runs that an event started, the oldest first. */
export async function getEventRuns(ex: Executor, response: ServerResponse, id: string) {
  const { rows } = await ex.db.pool.query<RunRow>(
    "select * from runs where event_ids @> array[$1] order by created_at, id",
    [id],
  );
  answer(response, rows.map(shown));
}

/** GET /v1/runs/{id}; 404 where there is none. */
export async function getRun(ex: Executor, response: ServerResponse, id: string) {
  answer(response, shown(await find(ex, id)));
}

/** GET /v1/runs/{id}/jobs: the calls that are due or under way, with attempt (from 1) and time. */
export async function getJobs(ex: Executor, response: ServerResponse, id: string) {
  await find(ex, id);
  const { rows } = await ex.db.pool.query<{
    id: string;
    at: Date;
    attempt: number;
    running: boolean;
  }>(
    `select calls.id, calls.due_at as at, coalesce(steps.attempt, runs.attempt) + 1 as attempt,
       calls.started_at is not null as running
     from calls join runs on runs.id = calls.run_id
     left join steps on steps.run_id = calls.run_id and steps.id = calls.step_id
     where calls.run_id = $1 order by calls.id`,
    [id],
  );
  const jobs = rows.map(({ id: job, at, attempt, running }, position) => ({
    id: job,
    at: at.toISOString(),
    position,
    kind: "edge",
    attempt,
    running,
  }));
  answer(response, jobs);
}

/** DELETE /v1/runs/{id}: cancels it → 204. One that has ended stays as it is. */
export async function deleteRun(ex: Executor, response: ServerResponse, id: string) {
  await find(ex, id);
  await ex.db.transaction((tx) => cancelRun(ex, tx, id));
  sendJson(response, 204);
}

const cancellation = z.object({
  app_id: z.string().min(1),
  function_id: z.string().min(1),
  started_after: z.iso.datetime({ offset: true }).nullish(),
  started_before: z.iso.datetime({ offset: true }),
  if: z.string().nullish(),
});

/** POST /v1/cancellations: cancels the runs of a function that began within a time, once. */
export async function postCancellation(
  ex: Executor,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const parsed = cancellation.safeParse(await readJson(request));
  if (!parsed.success) throw new ApiError(400, z.prettifyError(parsed.error));
  const { app_id, function_id, started_after, started_before, if: expression } = parsed.data;
  const functionId = [`${app_id}-${function_id}`, function_id].find((id) => ex.functions.has(id));
  if (!functionId) throw new ApiError(404, "function not found");
  try {
    if (expression) checkExpression(expression);
  } catch (error) {
    throw new ApiError(400, `invalid expression: ${(error as Error).message}`);
  }
  await ex.db.transaction((tx) =>
    cancelMany(ex, tx, {
      functionId,
      startedAfter: started_after ? Date.parse(started_after) : undefined,
      startedBefore: Date.parse(started_before),
      if: expression ?? undefined,
    }),
  );
  answer(response, { id: ulid(ex.now()), ...parsed.data });
}

async function find(ex: Executor, id: string): Promise<RunRow> {
  const { rows } = await ex.db.pool.query<RunRow>("select * from runs where id = $1", [id]);
  if (!rows[0]) throw new ApiError(404, `Unable to load function run: ${id}`);
  return rows[0];
}
