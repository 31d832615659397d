import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { freshDatabase } from "@/embedded/inngest/conformance/database";
import { type EmbeddedInngest, startInngest } from "@/embedded/inngest/index";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { deliverInput, importInput, jobLimits, type Kind } from "../contract";
import { inngest } from "../inngest/client";
import { functions } from "../inngest/functions/all";
import { createJob, startEvent } from "../jobs/create";
import { findRow, type JobRow, readState } from "../jobs/rows";
import { lookOnce } from "./watchdog";

// The functions as they are, called over HTTP by the embedded executor.

let calls = 0;
let handle: ReturnType<typeof serve> | undefined;
const app = createServer((request, response) => {
  if (request.url?.includes("fnId=patternbook-deliver")) calls++;
  void handle?.(request, response);
});
let executor: { url: string; registered: Promise<void>; lose(): Promise<void> };

/** An executor with a database of its own: losing both loses its runs. */
async function startExecutor(port = 0): Promise<typeof executor> {
  const database = await freshDatabase();
  let register = () => {};
  const registered = new Promise<void>((resolve) => {
    register = resolve;
  });
  const { port: appPort } = app.address() as AddressInfo;
  const started: EmbeddedInngest = await startInngest({
    databaseUrl: database.url,
    apps: [`http://127.0.0.1:${appPort}/api/inngest`],
    port,
    log: (line) => line.includes("functions are registered") && register(),
  });
  await started.ready;
  return {
    url: started.url,
    registered,
    async lose() {
      await started.stop();
      await database.drop();
    },
  };
}

beforeAll(async () => {
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  executor = await startExecutor();
  // Before the environment is read for the first time.
  vi.stubEnv("INNGEST_BASE_URL", executor.url);
  vi.stubEnv("INNGEST_EVENT_KEY", "test");
  vi.stubEnv("INNGEST_DEV", "1");
  handle = serve({ client: inngest(), functions: functions() });
  await executor.registered;
});
afterAll(async () => {
  await executor.lose();
  app.closeAllConnections();
  app.close();
  log().close();
  await bus().close();
  await pool().end();
});

async function start<K extends Kind>(kind: K, input: Parameters<typeof createJob>[0]["input"]) {
  const { job } = await createJob({ userId: randomUUID(), kind, input, key: undefined });
  await handOver(job);
  return job;
}
/** What the relay does with the last start event of a job: the executor passes over an id that it has seen. */
async function handOver({ id, userId }: JobRow): Promise<void> {
  await inngest().send(startEvent((await findRow(id, userId)) as JobRow));
  await pool().query("UPDATE outbox SET sent_at = now() WHERE data->>'jobId' = $1", [id]);
}
const until = (job: JobRow, done: (state: Awaited<ReturnType<typeof readState>>) => boolean) =>
  expect
    .poll(async () => done(await readState(job.id)), { timeout: 25_000, interval: 50 })
    .toBe(true);

it("a poisoned job fails four times, and no fifth call is made, though Inngest would make 21", async () => {
  await until(await start("deliver", deliverInput.parse({ message: "first" })), isDone);
  // One call runs the step, another finds that nothing follows.
  await expect.poll(() => calls).toBe(2);
  const job = await start(
    "deliver",
    deliverInput.parse({ message: "x", faults: { poison: true } }),
  );
  await until(job, ({ status }) => status === "dead");
  expect(await readState(job.id)).toMatchObject({ attempt: 4, steps: [{ attempt: 4, runs: 4 }] });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  // Four attempts, the call after the step has failed for good, and the failure function.
  expect(calls - 2).toBe(6);
});

it("a job whose run was lost with its server goes on in a new one, with each effect once", async () => {
  const input = importInput.parse({ sample: { rows: 90 }, faults: { pauseMs: 400 } });
  const job = await start("import", input);
  await until(job, ({ effects }) => effects.length > 0);
  const { port } = new URL(executor.url);
  await executor.lose();
  const cut = await readState(job.id);
  expect(cut.status).toBe("running");

  executor = await startExecutor(Number(port));
  await executor.registered;
  await pool().query(
    "UPDATE job SET moved_at = moved_at - make_interval(secs => $2) WHERE id = $1",
    [job.id, jobLimits.stallSeconds + 1],
  );
  await pool().query("DELETE FROM outbox WHERE event_id = $1", [job.id]);
  await lookOnce();
  expect(await readState(job.id)).toMatchObject({ status: "queued", restarts: 1 });
  await handOver(job);
  await until(job, isDone);

  const { effects, result } = await readState(job.id);
  expect(effects.map(({ step }) => step).toSorted()).toEqual(
    ["batch 1", "batch 2", "batch 3", "report", "validate"].toSorted(),
  );
  // The lines that were written before the loss are the same ones.
  expect(effects).toEqual(expect.arrayContaining(cut.effects));
  expect(result).toMatchObject({ imported: 90, expected: 90 });
});

const isDone = ({ status }: { status: string }) => status === "done";
