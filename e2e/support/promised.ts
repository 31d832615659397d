import { expect } from "../fixtures";
import type { Fault } from "./faulty-proxy";

/** What a machine that is busy with other tests is late, beyond a time that is promised. */
const BUSY_MS = 5_000;

/** What an operation promises while its service is away. */
export interface Promised {
  status: number;
  /** Of the problem; none where it is answered as ever. */
  problem?: string;
  retryAfter?: string;
  withinMs: number;
}

/** A line of a table: an operation, and what it promises, whatever the fault. */
export interface Line<Thing> {
  operation: string;
  ask(thing: Thing): Promise<Response>;
  promised: Promised | ((fault: Fault) => Promised);
}

/** Asks for every operation at once, and holds each answer against its promise. */
export async function expectPromised<Thing>(
  table: readonly Line<Thing>[],
  thing: Thing,
  fault: Fault,
): Promise<void> {
  const answers = table.map(async ({ operation, ask, promised }) => {
    const begun = performance.now();
    const response = await ask(thing);
    const text = await response.text().catch(() => "it broke off");
    const ms = performance.now() - begun;
    const { status, problem, retryAfter, withinMs } =
      typeof promised === "function" ? promised(fault) : promised;
    const { headers } = response;
    const given = headers.get("content-type") === "application/problem+json";
    const type = given ? JSON.parse(text).type.replace("/problems/", "") : undefined;
    expect
      .soft([operation, response.status, type, headers.get("retry-after")])
      .toEqual([operation, status, problem, retryAfter ?? null]);
    expect.soft(ms, `${operation}: milliseconds`).toBeLessThan(withinMs + BUSY_MS);
  });
  await Promise.all(answers);
}
