import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import type { EventReader } from "@/lib/event-response";
import { log } from "@/lib/log";
import { deliverInput } from "../contract";
import { createJob } from "./create";
import { feedJob, isComplete } from "./events";
import { cancelJob, replayJob } from "./orders";
import { findRow, type JobRow, updateRow } from "./rows";
import { streamOf, transact } from "./transact";
import { waitFor } from "./wait";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

async function newJob(): Promise<JobRow> {
  const input = deliverInput.parse({ message: "x" });
  return (await createJob({ userId: randomUUID(), kind: "deliver", input, key: undefined })).job;
}
const end = (job: JobRow, status: "done" | "dead") =>
  transact((tx) => updateRow(tx, job, `status = '${status}', finished_at = now()`));
const rowOf = async ({ id, userId }: JobRow) => (await findRow(id, userId)) as JobRow;
const request = () => new Request("http://localhost/");

describe("waiting for a job", () => {
  it("is answered with the state of its end", async () => {
    const job = await newJob();
    const waiting = waitFor(request(), job, 20);
    await end(job, "done");
    expect((await waiting)?.status).toBe("done");
  });

  it("takes no end for the end that a replay has followed", async () => {
    const job = await newJob();
    await end(job, "dead");
    await replayJob(job, true);
    expect(await waitFor(request(), job, 0.5)).toBeUndefined();
    const waiting = waitFor(request(), job, 20);
    await end(job, "done");
    expect(await waiting).toMatchObject({ status: "done", round: 2 });
  });
});

describe("the history of a job", () => {
  /** All that a reader gets, up to the end of its stream. */
  async function read(job: JobRow): Promise<string> {
    let text = "";
    const reader = {
      signal: AbortSignal.timeout(3_000),
      write: (bytes: Uint8Array) => {
        text += new TextDecoder().decode(bytes);
      },
      below: async () => undefined,
    } as unknown as EventReader;
    await feedJob(reader, job.id, 0);
    expect(reader.signal.aborted, "the stream has ended by itself").toBe(false);
    return text;
  }

  it("ends with its last end, also where the handing over of its cancellation was noted after that", async () => {
    const job = await newJob();
    await cancelJob(job);
    const sent = { type: "sent", id: job.id, eventId: `${job.id}:1:cancel` } as const;
    await transact(async (tx) => tx.note(job.userId, sent));
    const text = await read(job);
    expect(text).toContain('"status":"cancelled"');
    expect(text).toContain(":1:cancel");
    const { head } = await log().read(streamOf(job.id), 0, 1);
    expect(await isComplete(await rowOf(job), head)).toBe(true);
    expect(await isComplete(await rowOf(job), head - 1)).toBe(false);
  });

  it("has both ends of a job that was replayed", async () => {
    const job = await newJob();
    await end(job, "dead");
    await replayJob(job, true);
    const { head } = await log().read(streamOf(job.id), 0, 1);
    expect(await isComplete(await rowOf(job), head)).toBe(false);
    await end(job, "done");
    const text = await read(job);
    expect(text.match(/"status":"(dead|done)"/g)).toEqual(['"status":"dead"', '"status":"done"']);
  });
});
