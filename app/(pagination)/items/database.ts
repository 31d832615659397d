import type { Pool, QueryResultRow } from "pg";
import { createPool, pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { pageLimits } from "../contract";
import type { Reading } from "./reading";
import type { Query } from "./sql";

/**
 * The statement's shape decides the plan, not its values: a prepared one is planned once. One
 * reader takes one core at most, however deep the page.
 */
const options =
  "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c jit=off";
const { statementMs: statement_timeout, deepConnections } = pageLimits;

const createReader = (max: number) =>
  createPool(env().DATABASE_URL, max, { statement_timeout, options });

/** For pages that cost the same at any depth. */
export const pagePool = () => remember("item-page-pool", () => createReader(4));

/** For what may be slow: few connections of its own, so that it holds up nobody but its like. */
export const deepPool = () => remember("item-deep-pool", () => createReader(deepConnections));

/** Where a reading's pages are read. Visitors' lists are small: they need no pool of their own. */
export const poolOf = ({ list }: Reading, reader: () => Pool): Pool =>
  list === null ? reader() : pool();

/**
 * Runs a query and takes its time, in milliseconds, as the handler sees it.
 * @throws HttpError 503 when it took too long, or no connection came free
 */
export async function timed<Row extends QueryResultRow>(from: Pool, query: Query) {
  const begun = performance.now();
  const { rows } = await guarded(() => from.query<Row>(query));
  return { rows, ms: performance.now() - begun };
}

/** Says plainly what a limit has ended. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw tooSlow(error) ?? error;
  }
}

function tooSlow(error: unknown): HttpError | undefined {
  const { code, message } = error as { code?: string; message?: string };
  const headers = { "retry-after": "2" };
  // SQLSTATE query_canceled: statement_timeout.
  if (code === "57014") {
    const detail = `Reading up to this page took more than ${statement_timeout / 1_000} s, and was given up. Ask for one nearer to the beginning, or follow a cursor, which costs the same at any depth.`;
    return new HttpError(503, "too-slow", detail, { headers });
  }
  if (!/timeout exceeded when trying to connect/.test(String(message))) return undefined;
  const detail = `No connection came free: at most ${deepConnections} deep pages are read at once on each instance. Try again, or follow a cursor.`;
  return new HttpError(503, "busy", detail, { headers });
}
