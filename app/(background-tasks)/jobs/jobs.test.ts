import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { HttpError } from "@/lib/http";
import { log } from "@/lib/log";
import { deliverInput, jobEvent, jobLimits } from "../contract";
import { createJob, type NewJob } from "./create";
import { cancelJob, replayJob } from "./orders";
import { readPage, readState } from "./rows";
import { streamOf } from "./transact";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

const newJob = (change: Partial<NewJob> = {}): NewJob => ({
  userId: randomUUID(),
  kind: "deliver",
  input: deliverInput.parse({ message: "hello" }),
  key: undefined,
  ...change,
});
const statusOf = (error: unknown) => (error instanceof HttpError ? error.status : error);
const count = async (sql: string, value: unknown) =>
  Number((await pool().query(sql, [value])).rows[0].count);
const jobsOf = (userId: string) => count("SELECT count(*) FROM job WHERE user_id = $1", userId);
const eventsOf = (userId: string) =>
  count("SELECT count(*) FROM outbox WHERE data->>'userId' = $1", userId);

describe("a job", () => {
  it("is stored with its event and the beginning of its history", async () => {
    const { job, fresh } = await createJob(newJob());
    expect([fresh, job.status]).toEqual([true, "queued"]);
    const { rows } = await pool().query("SELECT * FROM outbox WHERE event_id = $1", [job.id]);
    expect(rows[0]).toMatchObject({ name: "job/deliver", data: { jobId: job.id, round: 1 } });
    const { entries } = await log().read(streamOf(job.id), 0, 10);
    expect(entries.map(({ data }) => jobEvent.parse(data))).toMatchObject([
      { type: "job", id: job.id, status: "queued" },
    ]);
  });

  it("leaves nothing behind when its transaction fails", async () => {
    const wanted = newJob({ kind: "no such kind" as "deliver" });
    await expect(createJob(wanted)).rejects.toThrow();
    expect([await jobsOf(wanted.userId), await eventsOf(wanted.userId)]).toEqual([0, 0]);
  });

  it("is one of at most so many, also when all come at once", async () => {
    const userId = randomUUID();
    const all = Array.from({ length: jobLimits.active + 5 }, () => createJob(newJob({ userId })));
    const settled = await Promise.allSettled(all);
    const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused.map(statusOf)).toEqual(Array(5).fill(429));
    expect(await jobsOf(userId)).toBe(jobLimits.active);
  });
});

describe("a key", () => {
  it("that has made a job answers all repetitions that come at once, not only the first", async () => {
    const wanted = newJob({ key: "repeated" });
    const { job } = await createJob(wanted);
    const again = await Promise.all(Array.from({ length: 10 }, () => createJob(wanted)));
    expect(again.map(({ job: { id }, fresh }) => [id, fresh])).toEqual(
      Array(10).fill([job.id, false]),
    );
  });

  it("makes one job of 50 requests at once; the others get it, or are told to come again", async () => {
    const wanted = newJob({ key: "one-of-fifty" });
    const settled = await Promise.allSettled(Array.from({ length: 50 }, () => createJob(wanted)));
    const ids = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.job.id] : []));
    const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(new Set(ids).size).toBe(1);
    expect(refused.every((error) => statusOf(error) === 409)).toBe(true);
    expect([await jobsOf(wanted.userId), await eventsOf(wanted.userId)]).toEqual([1, 1]);
    const again = await createJob(wanted);
    expect([again.fresh, again.job.id]).toEqual([false, ids[0]]);
  });

  it("belongs to one request, and to one user", async () => {
    const wanted = newJob({ key: "mine" });
    await createJob(wanted);
    const other = { ...wanted, input: deliverInput.parse({ message: "something else" }) };
    expect(await createJob(other).catch(statusOf)).toBe(422);
    const stranger = await createJob({ ...wanted, userId: randomUUID() });
    expect(stranger.fresh).toBe(true);
  });

  it("is under way for as long as its transaction is", async () => {
    const wanted = newJob({ key: "slow" });
    const client = await pool().connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 8))", [
      `${wanted.userId} slow`,
    ]);
    expect(await createJob(wanted).catch(statusOf)).toBe(409);
    await client.query("ROLLBACK");
    client.release();
    expect((await createJob(wanted)).fresh).toBe(true);
  });

  it("is forgotten after a day", async () => {
    const wanted = newJob({ key: "old" });
    const first = await createJob(wanted);
    await pool().query(
      "UPDATE job_key SET created_at = now() - interval '25 hours' WHERE user_id = $1",
      [wanted.userId],
    );
    const second = await createJob(wanted);
    expect(second.fresh).toBe(true);
    expect(second.job.id).not.toBe(first.job.id);
    expect((await createJob(wanted)).job.id).toBe(second.job.id);
  });
});

describe("orders", () => {
  it("cancel ends a job once, and tells Inngest", async () => {
    const { job } = await createJob(newJob());
    expect(await cancelJob(job)).toBe("cancelled");
    expect(await cancelJob(job)).toBe("cancelled");
    const { rows } = await pool().query(
      "SELECT name FROM outbox WHERE data->>'jobId' = $1 ORDER BY id",
      [job.id],
    );
    expect(rows.map(({ name }) => name)).toEqual(["job/deliver", "job/cancelled"]);
  });

  it("replay is for dead letters, and has an id of its own", async () => {
    const { job } = await createJob(newJob());
    expect(await replayJob(job, true).catch(statusOf)).toBe(409);
    await pool().query("UPDATE job SET status = 'dead', finished_at = now() WHERE id = $1", [
      job.id,
    ]);
    expect(await replayJob(job, true)).toMatchObject({ status: "queued", round: 2 });
    expect(await replayJob(job, true).catch(statusOf)).toBe(409);
    const { rows } = await pool().query("SELECT 1 FROM outbox WHERE event_id = $1", [
      `${job.id}:2`,
    ]);
    expect(rows).toHaveLength(1);
    expect(await readState(job.id)).toMatchObject({ status: "queued", round: 2 });
  });
});

describe("pages", () => {
  it("hold every job once, the newest first, whatever their size", async () => {
    const userId = randomUUID();
    const made: string[] = [];
    for (let n = 0; n < 11; n++) made.unshift((await createJob(newJob({ userId }))).job.id);
    // Some of the very same time: the id decides.
    await pool().query("UPDATE job SET created_at = now() WHERE id = ANY ($1)", [made.slice(0, 4)]);
    const first = made.slice(0, 4).sort().reverse();
    for (const limit of [1, 3, 11, 50]) {
      const seen: string[] = [];
      let next: Awaited<ReturnType<typeof readPage>>["next"];
      do {
        const page = await readPage(userId, next, limit);
        seen.push(...page.jobs.map(({ id }) => id));
        next = page.next;
      } while (next);
      expect(seen).toEqual([...first, ...made.slice(4)]);
    }
  });
});
