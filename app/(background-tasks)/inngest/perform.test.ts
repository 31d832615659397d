import { randomUUID } from "node:crypto";
import { NonRetriableError, RetryAfterError } from "inngest";
import { afterAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput, jobLimits } from "../contract";
import { createJob } from "../jobs/create";
import { cancelJob } from "../jobs/orders";
import { type JobRow, readState } from "../jobs/rows";
import { backoffMs, nextAttempt } from "./next-attempt";
import { perform, type StepCall } from "./perform";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

async function newJob(faults: object = {}): Promise<JobRow> {
  const input = deliverInput.parse({ message: "x", faults });
  return (await createJob({ userId: randomUUID(), kind: "deliver", input, key: undefined })).job;
}
const callOf = ({ id, userId, round }: JobRow, change: Partial<StepCall> = {}): StepCall => ({
  start: { jobId: id, userId, round, again: 0, dueAt: null },
  name: "deliver",
  position: 0,
  faulty: true,
  last: true,
  ...change,
});

describe("perform", () => {
  it("does its effect once, however often and however many at once", async () => {
    const job = await newJob();
    let effects = 0;
    const run = () =>
      perform(callOf(job, { last: false }), async (tx) => {
        effects++;
        await tx.query(
          "INSERT INTO import_record (job_id, line, name, email, amount) VALUES ($1, 1, 'a', 'b', 1)",
          [job.id],
        );
        return { n: effects };
      });
    const results = [...(await Promise.all([run(), run(), run()])), await run()];
    expect(results).toEqual(Array(4).fill({ n: 1 }));
    const { rows } = await pool().query(
      "SELECT count(*)::int FROM import_record WHERE job_id = $1",
      [job.id],
    );
    expect([effects, rows[0].count]).toEqual([1, 1]);
    const { effects: ledger, steps } = await readState(job.id);
    expect(ledger).toHaveLength(1);
    expect(steps).toMatchObject([{ name: "deliver", status: "done", runs: 4 }]);
  });

  it("leaves no effect and no line of the ledger when it breaks off between them", async () => {
    const job = await newJob();
    const broken = perform(callOf(job), async (tx) => {
      await tx.query(
        "INSERT INTO import_record (job_id, line, name, email, amount) VALUES ($1, 1, 'a', 'b', 1)",
        [job.id],
      );
      throw new Error("killed here");
    });
    await expect(broken).rejects.toBeInstanceOf(RetryAfterError);
    const { rows } = await pool().query("SELECT 1 FROM import_record WHERE job_id = $1", [job.id]);
    expect([rows.length, (await readState(job.id)).effects.length]).toEqual([0, 0]);
  });

  it("fails as often as it was asked to, says when it is next, and then succeeds", async () => {
    const job = await newJob({ failures: 2, retryAfterSeconds: 30 });
    for (const attempt of [0, 1]) {
      const before = Date.now();
      await expect(perform(callOf(job), async () => ({}))).rejects.toBeInstanceOf(RetryAfterError);
      const state = await readState(job.id);
      expect(state).toMatchObject({ status: "retrying", attempt: attempt + 1, maxAttempts: 4 });
      expect(Date.parse(state.dueAt ?? "") - before).toBeGreaterThanOrEqual(29_900);
    }
    await perform(callOf(job), async () => ({ fine: true }));
    expect(await readState(job.id)).toMatchObject({
      status: "done",
      attempt: 3,
      dueAt: null,
      error: null,
      result: { fine: true },
    });
  });

  it("does nothing for a job that was cancelled, also in the middle of a step", async () => {
    const job = await newJob();
    await cancelJob(job);
    const effect = async () => ({});
    await expect(perform(callOf(job), effect)).rejects.toBeInstanceOf(NonRetriableError);
    const other = await newJob({ pauseMs: 300 });
    const running = perform(callOf(other), effect);
    const refused = expect(running).rejects.toBeInstanceOf(NonRetriableError);
    await expect.poll(async () => (await readState(other.id)).status).toBe("running");
    await cancelJob(other);
    await refused;
    expect(await readState(other.id)).toMatchObject({ status: "cancelled", effects: [] });
  });
});

describe("attempts", () => {
  const effect = async () => ({});
  const failing = (job: JobRow) =>
    perform(callOf(job, { faulty: false }), () => Promise.reject(new Error("no")));

  it("are counted by our own failures; the fourth makes a dead letter, whatever Inngest would do", async () => {
    const job = await newJob();
    for (const attempt of [1, 2, 3]) {
      await expect(failing(job)).rejects.toBeInstanceOf(RetryAfterError);
      expect(await readState(job.id)).toMatchObject({ status: "retrying", attempt });
    }
    await expect(failing(job)).rejects.toBeInstanceOf(NonRetriableError);
    expect(await readState(job.id)).toMatchObject({
      status: "dead",
      attempt: 4,
      error: "no",
      steps: [{ name: "deliver", status: "failed", attempt: 4 }],
    });
    await expect(perform(callOf(job), effect)).rejects.toBeInstanceOf(NonRetriableError);
  });

  it("are not used up by deaths of the process", async () => {
    const job = await newJob();
    // A death leaves the step as it was begun.
    for (let death = 0; death < jobLimits.deaths; death++) await begin(job);
    await expect(failing(job)).rejects.toBeInstanceOf(RetryAfterError);
    expect(await readState(job.id)).toMatchObject({ status: "retrying", attempt: 1 });
    await perform(callOf(job), effect);
    expect(await readState(job.id)).toMatchObject({ status: "done", attempt: 2 });
  });

  it("end for a step that ends its process each time", async () => {
    const job = await newJob();
    for (let death = 0; death <= jobLimits.deaths; death++) await begin(job);
    await expect(perform(callOf(job), effect)).rejects.toThrow("died 11 times");
    expect(await readState(job.id)).toMatchObject({ status: "dead", effects: [] });
  });

  it("that fail in two runs of the job at once count once, and never undo a step that is done", async () => {
    const job = await newJob({ pauseMs: 200 });
    const both = await Promise.allSettled([failing(job), failing(job)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await readState(job.id)).toMatchObject({ status: "retrying", attempt: 1 });

    const other = await newJob({ pauseMs: 200 });
    const slow = perform(callOf(other, { last: false }), async () => {
      throw new Error("too late");
    });
    const refused = expect(slow).rejects.toThrow("too late");
    await expect.poll(async () => (await readState(other.id)).status).toBe("running");
    // The other run of the job has done it meanwhile.
    await pool().query("UPDATE job_step SET status = 'done' WHERE job_id = $1", [other.id]);
    await refused;
    expect(await readState(other.id)).toMatchObject({ steps: [{ status: "done", error: null }] });
  });

  /** What a call leaves whose process dies in its step. */
  const begin = (job: JobRow) =>
    pool().query(
      `INSERT INTO job_step (job_id, name, position, status, attempt, instance)
       VALUES ($1, 'deliver', 0, 'running', 1, 'A')
       ON CONFLICT (job_id, name) DO UPDATE SET runs = job_step.runs + 1`,
      [job.id],
    );
});

describe("nextAttempt", () => {
  it("waits twice as long each time, with jitter, up to a minute", () => {
    expect([0, 1, 2, 3, 9].map((n) => backoffMs(n, () => 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 60_000,
    ]);
    expect(backoffMs(0, () => 1)).toBe(1_250);
  });

  it("is none after the last one, and where no repetition would help", () => {
    const last = nextAttempt(new Error("x"), 3, 0, () => 0);
    expect([last.dueAt, last.retry]).toEqual([null, expect.any(NonRetriableError)]);
    expect(nextAttempt(new NonRetriableError("x"), 0, 0, () => 0).dueAt).toBeNull();
    expect(nextAttempt(new Error("x"), 2, 0, () => 0).dueAt).toEqual(new Date(4_000));
  });
});
