import type { PoolClient } from "pg";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import type { JobEvent } from "../contract";

/** Where a commit tells the relays that the outbox has something. */
export const OUTBOX = "outbox";

/** The log streams of a job, and of all jobs of a user. */
export const streamOf = (jobId: string) => `job:${jobId}`;
export const userStreamOf = (userId: string) => `jobs:${userId}`;

/** A transaction in which rows, events to send and the history change together. */
export interface Transaction {
  query: PoolClient["query"];
  /** Notes what happened: stored last, since the heads of the log stay locked until the commit. */
  note(userId: string, event: JobEvent): void;
  /** Puts an event into the outbox. Its id makes a repetition harmless. */
  send(event: { id: string; name: string; data: object }): Promise<void>;
}

/** Runs `work` in one transaction; wakes the readers and the relays after its commit. */
export async function transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const notes: { stream: string; type: string; data: JobEvent }[] = [];
  let sends = 0;
  const client = await pool().connect();
  const query = client.query.bind(client) as PoolClient["query"];
  let announce = () => {};
  let result: T;
  try {
    await query("BEGIN");
    result = await work({ query, note, send });
    if (notes.length > 0) announce = await log().appendIn(client, notes);
    await query("COMMIT");
  } catch (error) {
    await query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  // The connection is given back first: a hint takes one of its own, and all of them may be held so.
  announce();
  // The row is the truth, and the slow poll finds it: a hint that is lost must not fail the caller.
  if (sends > 0) bus().publish(OUTBOX, "new").catch(warn);
  return result;

  function note(userId: string, event: JobEvent): void {
    for (const stream of [streamOf(event.id), userStreamOf(userId)])
      notes.push({ stream, type: event.type, data: event });
  }
  async function send({ id, name, data }: Parameters<Transaction["send"]>[0]): Promise<void> {
    sends++;
    await query(
      `INSERT INTO outbox (event_id, name, data) VALUES ($1, $2, $3)
       ON CONFLICT (event_id) DO NOTHING`,
      [id, name, JSON.stringify(data)],
    );
  }
}

const warn = (err: unknown) =>
  logger().warn({ err }, "the relays were not woken; they look by themselves");
