import pg, { type CustomTypesConfig, type Pool, type QueryResultRow } from "pg";
import { createPool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { pageLimits } from "../contract";
import type { Reading } from "./reading";
import type { Query } from "./sql";

const { statementMs: statement_timeout, deepConnections } = pageLimits;

/** Times are read as text (below), which has to be UTC. */
const UTC = "-c TimeZone=UTC";
/**
 * For the catalogue: the statement's shape decides the plan and not its values, so a prepared one is
 * planned once. One reader takes one core at most, however deep the page.
 */
export const SETTLED = `${UTC} -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c jit=off`;

const createReader = (max: number, options: string) =>
  createPool(env().DATABASE_URL, max, { statement_timeout, options });

/** For pages that cost the same at any depth. */
export const pagePool = () => remember("item-page-pool", () => createReader(4, SETTLED));

/** For what may be slow: few connections of its own, so that it holds up nobody but its like. */
export const deepPool = () =>
  remember("item-deep-pool", () => createReader(deepConnections, SETTLED));

/** For visitors' lists, which are small, of any size, and planned each time. */
export const ownPool = () => remember("item-own-pool", () => createReader(4, UTC));

/** Where a reading's pages are read; `reader` is for the catalogue. */
export const poolOf = ({ list }: Reading, reader: () => Pool): Pool =>
  list === null ? reader() : ownPool();

const TIMESTAMPTZ = 1184;

/**
 * A time stays text, from the database to the cursor: a JavaScript Date would cut the microseconds
 * off, and a cursor made from it would repeat or skip rows of the same millisecond.
 */
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === TIMESTAMPTZ ? toIso : pg.types.getTypeParser(oid, format as "text"),
};

/** "2024-01-01 00:00:47.00011+00" in RFC 3339, with all six digits. */
export function toIso(text: string): string {
  const [, date, time, fraction = ""] = /^(\S{10}) (\S{8})(?:\.(\d+))?\+00$/.exec(text) ?? [];
  if (!date) throw new Error(`A time that is not UTC, or not of our age: ${text}`);
  return `${date}T${time}.${fraction.padEnd(6, "0")}Z`;
}

/**
 * Runs a query and takes its time, in milliseconds, as the handler sees it.
 * @throws HttpError 503 when it took too long, or no connection came free
 */
export async function timed<Row extends QueryResultRow>(from: Pool, query: Query) {
  const begun = performance.now();
  const { rows } = await guarded(() => from.query<Row>({ ...query, types }));
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
