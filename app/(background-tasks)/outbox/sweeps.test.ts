import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput } from "../contract";
import { createJob } from "../jobs/create";
import { streamOf, userStreamOf } from "../jobs/transact";
import { sweptTables } from "./sweeps";

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

const newJob = async (userId: string, key: string) => {
  const input = deliverInput.parse({ message: "x" });
  return (await createJob({ userId, kind: "deliver", input, key })).job.id;
};
const count = async (sql: string, value: string) =>
  Number((await pool().query(sql, [value])).rows[0].count);
const everything = async () => {
  for (const sweep of Object.values(sweptTables)) await sweep();
};

it("takes away what has had its time with all that belongs to it, and nothing else", async () => {
  const userId = randomUUID();
  const [old, young] = [await newJob(userId, "old"), await newJob(userId, "young")];
  for (const job of [old, young]) {
    await pool().query(
      "INSERT INTO ledger (job, step, effect, instance) VALUES ($1, 's', '1', 'A')",
      [job],
    );
    await pool().query(
      "INSERT INTO import_record (job_id, line, name, email, amount) VALUES ($1, 1, 'a', 'b', 1)",
      [job],
    );
  }
  await pool().query("UPDATE job SET finished_at = now() - interval '8 days' WHERE id = $1", [old]);
  await pool().query("UPDATE job SET finished_at = now() - interval '6 days' WHERE id = $1", [
    young,
  ]);
  await pool().query(
    "UPDATE job_key SET created_at = now() - interval '2 days' WHERE job_id = $1",
    [old],
  );
  await pool().query("UPDATE outbox SET sent_at = now() - interval '2 days' WHERE event_id = $1", [
    old,
  ]);

  await everything();
  await everything();

  for (const [job, left] of [
    [old, 0],
    [young, 1],
  ] as const) {
    expect({
      job: await count("SELECT count(*) FROM job WHERE id = $1", job),
      ledger: await count("SELECT count(*) FROM ledger WHERE job = $1", job),
      records: await count("SELECT count(*) FROM import_record WHERE job_id = $1", job),
      keys: await count("SELECT count(*) FROM job_key WHERE job_id = $1", job),
      outbox: await count("SELECT count(*) FROM outbox WHERE event_id = $1", job),
      // Without what a relay of another test has noted of it.
      history: (await log().read(streamOf(job), 0, 5)).entries.filter(({ type }) => type === "job")
        .length,
    }).toEqual({ job: left, ledger: left, records: left, keys: left, outbox: left, history: left });
  }
});

it("keeps the last entries of a stream that goes on for ever", async () => {
  const userId = randomUUID();
  const stream = userStreamOf(userId);
  const event = { type: "sent", id: randomUUID(), eventId: "x" };
  await Promise.all(Array.from({ length: 1_100 }, () => log().append(stream, "sent", event)));
  await everything();
  expect(await log().read(stream, 0, 1)).toMatchObject({ head: 1_100, floor: 600 });
});
