import { createHash } from "node:crypto";
import type { QueryResult, QueryResultRow } from "pg";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";
import { log } from "@/lib/log";
import type { JobEvent } from "../contract";
import { wakeRelay } from "../outbox/wake";

/** The log streams of a job, and of all jobs of a user. */
export const streamOf = (jobId: string) => `job:${jobId}`;
export const userStreamOf = (userId: string) => `jobs:${userId}`;

/** A transaction in which rows, events to send and the history change together. */
export interface Transaction {
  /** With values it is prepared: parsed and planned once for each connection. */
  query<Row extends QueryResultRow = QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<QueryResult<Row>>;
  /** Notes what happened: stored last, since the heads of the log stay locked until the commit. */
  note(userId: string, event: JobEvent): void;
  /** Puts an event into the outbox. Its id makes a repetition harmless. */
  send(event: { id: string; name: string; data: object }): Promise<void>;
}

const names = new Map<string, string>();
const nameOf = (text: string) => {
  // The routes and server.ts have this module each, and the connections in common: the text decides.
  const name = names.get(text) ?? createHash("sha1").update(text).digest("hex");
  names.set(text, name);
  return name;
};

/** Runs `work` in one transaction; wakes the readers and the relay after its commit. */
export async function transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const notes: { stream: string; type: string; data: JobEvent }[] = [];
  let sends = 0;
  let announce = () => {};
  const result = await inTransaction(pool(), async (client) => {
    const query: Transaction["query"] = (text, values) =>
      client.query(values ? { name: nameOf(text), text, values } : text);
    const done = await work({ query, note, send: (event) => send(query, event) });
    if (notes.length > 0) announce = await log().appendIn(client, notes);
    return done;
  });
  // The connection is given back first: a hint takes one of its own, and all of them may be held so.
  announce();
  if (sends > 0) wakeRelay();
  return result;

  function note(userId: string, event: JobEvent): void {
    for (const stream of [streamOf(event.id), userStreamOf(userId)])
      notes.push({ stream, type: event.type, data: event });
  }
  async function send(
    query: Transaction["query"],
    { id, name, data }: Parameters<Transaction["send"]>[0],
  ): Promise<void> {
    sends++;
    await query(
      `INSERT INTO outbox (event_id, name, data) VALUES ($1, $2, $3)
       ON CONFLICT (event_id) DO NOTHING`,
      [id, name, JSON.stringify(data)],
    );
  }
}
