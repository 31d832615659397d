import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Inngest } from "inngest";
import { afterAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput, digestInput, jobEvent, jobLimits } from "../contract";
import { perform } from "../inngest/perform";
import { createJob, startEvent } from "../jobs/create";
import { cancelJob, replayJob } from "../jobs/orders";
import { findRow, type JobRow, readState } from "../jobs/rows";
import { streamOf } from "../jobs/transact";
import { loseRun } from "./restart";
import { lookOnce, START_EVENT_ID } from "./watchdog";

// A server that takes every event and never calls us: no function of ours is registered there.
const taken: string[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const events = JSON.parse(body) as { id: string }[];
  taken.push(...events.map(({ id }) => id));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: 200, ids: events.map(() => randomUUID()) }));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const inngest = new Inngest({
  id: "test",
  baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  eventKey: "key",
  isDev: false,
});

afterAll(async () => {
  server.close();
  log().close();
  await bus().close();
  await pool().end();
});

async function newJob(): Promise<JobRow> {
  const input = deliverInput.parse({ message: "x" });
  const { job } = await createJob({
    userId: randomUUID(),
    kind: "deliver",
    input,
    key: undefined,
  });
  return job;
}
const rowOf = async ({ id, userId }: JobRow) => (await findRow(id, userId)) as JobRow;

/** What the relay does with the last start event of a job. Relays of other tests do it as well. */
async function handOver(job: JobRow): Promise<string> {
  const event = startEvent(await rowOf(job));
  const { rows } = await pool().query("SELECT name, data FROM outbox WHERE event_id = $1", [
    event.id,
  ]);
  await inngest.send({ id: event.id, name: rows[0].name, data: rows[0].data });
  await pool().query("UPDATE outbox SET sent_at = now() WHERE event_id = $1", [event.id]);
  return event.id;
}
/** So much time passes without anything. */
async function pass(job: JobRow, seconds: number): Promise<void> {
  const past = "- make_interval(secs => $2)";
  await pool().query(
    `UPDATE job SET moved_at = moved_at ${past}, due_at = due_at ${past} WHERE id = $1`,
    [job.id, seconds],
  );
  await pool().query(
    `UPDATE outbox SET sent_at = sent_at ${past} WHERE data->>'jobId' = $1::uuid::text`,
    [job.id, seconds],
  );
}
const restartsOf = async (job: JobRow) => (await readState(job.id)).restarts;
const { stallSeconds, restarts } = jobLimits;

describe("a job that was accepted while no function was registered", () => {
  it("is sent again under new ids, each time later, and is a dead letter in the end", async () => {
    const job = await newJob();
    const ids = [await handOver(job)];
    for (let n = 0; n < restarts; n++) {
      const patience = stallSeconds * 2 ** n;
      await pass(job, patience - 5);
      await lookOnce();
      expect(await restartsOf(job)).toBe(n);
      await pass(job, 6);
      await lookOnce();
      await lookOnce();
      expect(await readState(job.id)).toMatchObject({
        status: "queued",
        restarts: n + 1,
        error: `No progress for ${patience / 60} minutes.`,
      });
      ids.push(await handOver(job));
    }
    expect(taken.filter((id) => ids.includes(id))).toEqual([
      job.id,
      `${job.id}:again:1`,
      `${job.id}:again:2`,
      `${job.id}:again:3`,
    ]);
    await pass(job, stallSeconds * 2 ** restarts + 1);
    await lookOnce();
    expect(await readState(job.id)).toMatchObject({
      status: "dead",
      error: "No progress for 40 minutes. It was started again 3 times, in vain.",
    });
  });

  it("tells the readers of its events", async () => {
    const job = await newJob();
    await handOver(job);
    await pass(job, stallSeconds + 1);
    await lookOnce();
    const { entries } = await log().read(streamOf(job.id), 0, 20);
    const events = entries.map(({ data }) => jobEvent.parse(data));
    expect(events.find(({ type }) => type === "restarted")).toEqual({
      type: "restarted",
      id: job.id,
      restart: 1,
      of: restarts,
      reason: "No progress for 5 minutes.",
    });
  });

  it("can be cancelled while it waits, and replayed once it is a dead letter", async () => {
    const waiting = await newJob();
    await handOver(waiting);
    await pass(waiting, stallSeconds + 1);
    await lookOnce();
    expect(await cancelJob(waiting)).toBe("cancelled");
    await pass(waiting, 100 * stallSeconds);
    await lookOnce();
    expect(await readState(waiting.id)).toMatchObject({ status: "cancelled", restarts: 1 });

    const lost = await newJob();
    await pool().query("UPDATE job SET restarts = $2 WHERE id = $1", [lost.id, restarts]);
    await pass(lost, 100 * stallSeconds);
    await pool().query("DELETE FROM outbox WHERE event_id = $1", [lost.id]);
    await lookOnce();
    expect((await readState(lost.id)).status).toBe("dead");
    await replayJob(lost, false);
    expect(await readState(lost.id)).toMatchObject({ status: "queued", round: 2, restarts: 0 });
    expect(await handOver(lost)).toBe(`${lost.id}:2`);
    await pass(lost, stallSeconds + 1);
    await lookOnce();
    expect(await handOver(lost)).toBe(`${lost.id}:2:again:1`);
  });
});

describe("a run that just stops", () => {
  const effect = async () => ({});
  const step = async (job: JobRow, name: string, last = false, does = effect) => {
    const { userId, round, restarts: again } = await rowOf(job);
    const start = { jobId: job.id, userId, round, again, dueAt: null };
    return perform({ start, name, position: 0, last }, does);
  };

  it("goes on in a new one; what is in the ledger is not done again, by neither run", async () => {
    const job = await newJob();
    let effects = 0;
    const counted = async () => ({ n: ++effects });
    await step(job, "first", false, counted);
    await pass(job, stallSeconds + 1);
    await handOver(job);
    // It was handed over just now.
    await lookOnce();
    expect(await restartsOf(job)).toBe(0);
    await pass(job, stallSeconds + 1);
    await lookOnce();
    expect(await restartsOf(job)).toBe(1);
    // The new run, and the old one, which comes back after all.
    await Promise.all([step(job, "first", false, counted), step(job, "first", false, counted)]);
    await Promise.all([step(job, "second", false, counted), step(job, "second", false, counted)]);
    await step(job, "third", true, counted);
    const { status, effects: ledger } = await readState(job.id);
    expect([status, effects, ledger.map((line) => line.step)]).toEqual([
      "done",
      3,
      ["first", "second", "third"],
    ]);
  });

  it("is restarted at once where Inngest says that it gave it up, and no later run of the job is", async () => {
    const job = await newJob();
    await step(job, "first");
    const start = { jobId: job.id, userId: job.userId, round: 1, again: 0, dueAt: null };
    await loseRun(start, "502 Bad Gateway");
    await loseRun(start, "502 Bad Gateway");
    expect(await readState(job.id)).toMatchObject({
      status: "queued",
      restarts: 1,
      error: "Inngest gave the run up.",
    });
    await loseRun({ ...start, round: 2, again: 1 }, "of another round");
    expect(await restartsOf(job)).toBe(1);
    for (let again = 1; again <= restarts; again++) await loseRun({ ...start, again }, "502");
    expect((await readState(job.id)).status).toBe("dead");
    await loseRun({ ...start, again: restarts }, "502");
  });
});

describe("the watchdog", () => {
  it("leaves alone what sleeps, what waits for its retry, and what waits in the outbox", async () => {
    const input = digestInput.parse({ delaySeconds: 3_600 });
    const { job: asleep } = await createJob({
      userId: randomUUID(),
      kind: "digest",
      input,
      key: undefined,
    });
    await handOver(asleep);
    await pass(asleep, 3_590);
    await lookOnce();
    expect(await readState(asleep.id)).toMatchObject({ status: "sleeping", restarts: 0 });
    await pass(asleep, 10 + stallSeconds);
    await lookOnce();
    expect(await readState(asleep.id)).toMatchObject({ status: "queued", restarts: 1 });

    const waiting = await newJob();
    // Claimed by a relay that takes its time: nobody else hands it over.
    await pool().query(
      "UPDATE outbox SET sent_at = NULL, available_at = now() + interval '1 hour' WHERE event_id = $1",
      [waiting.id],
    );
    await pass(waiting, 100 * stallSeconds);
    await lookOnce();
    expect(await restartsOf(waiting)).toBe(0);
    await cancelJob(waiting);
  });

  it("sends a job again once, however many instances look", async () => {
    const jobs = await Promise.all(Array.from({ length: 4 }, newJob));
    for (const job of jobs) {
      await handOver(job);
      await pass(job, stallSeconds + 1);
    }
    await Promise.all(Array.from({ length: 3 }, lookOnce));
    expect(await Promise.all(jobs.map(restartsOf))).toEqual([1, 1, 1, 1]);
  });

  it("knows the id of the event that a job began with", async () => {
    const job = await newJob();
    for (const [round, times] of [
      [1, 0],
      [1, 2],
      [3, 0],
      [3, 1],
    ]) {
      const { rows } = await pool().query(
        `UPDATE job SET round = $2, restarts = $3 WHERE id = $1 RETURNING ${START_EVENT_ID} AS id`,
        [job.id, round, times],
      );
      expect(rows[0].id).toBe(startEvent(await rowOf(job)).id);
    }
  });
});
