import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "inngest/node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Fresh, freshDatabase } from "@/embedded/inngest/conformance/database";
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

// An application that cannot be reached for a while: by a server that gives up, and by one that counts its calls.

let handle: ReturnType<typeof serve> | undefined;
/** What happens to a call before the SDK has it; true where that is its end. */
let fault: (response: ServerResponse) => boolean = () => false;
const app = createServer((request, response) => {
  if (request.method === "POST" && fault(response)) return;
  void handle?.(request, response);
});
const appUrl = () => `http://127.0.0.1:${(app.address() as AddressInfo).port}/api/inngest`;

/** Takes events as Inngest does, with 200. What it then does with them is the test's. */
let onEvents: (body: string) => Promise<unknown> = async () => undefined;
let working: Promise<unknown> = Promise.resolve();
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: 200, ids: [randomUUID()] }));
  working = working.then(() => onEvents(body));
});

/** Calls the function, calls it again, and then the failure function, as long as it tries: nobody answers. */
async function callInVain(): Promise<void> {
  for (const name of ["deliver", "deliver", "deliver", "deliver", "deliver-failure"]) {
    const url = `${appUrl()}?fnId=patternbook-${name}&stepId=step`;
    await fetch(url, { method: "POST", body: "{}" }).catch(() => undefined);
  }
}
/** The embedded executor does what Inngest should. */
const forward = (body: string) => fetch(`${executor.url}/e/key`, { method: "POST", body });

let database: Fresh;
let executor: EmbeddedInngest;

beforeAll(async () => {
  for (const one of [app, server]) {
    one.listen(0, "127.0.0.1");
    await once(one, "listening");
  }
  database = await freshDatabase();
  let register = () => {};
  const registered = new Promise<void>((resolve) => {
    register = resolve;
  });
  executor = await startInngest({
    databaseUrl: database.url,
    apps: [appUrl()],
    backoff: () => 50,
    log: (line) => line.includes("functions are registered") && register(),
  });
  await executor.ready;
  // Before the environment is read for the first time.
  vi.stubEnv("INNGEST_BASE_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("INNGEST_EVENT_KEY", "key");
  vi.stubEnv("INNGEST_DEV", "1");
  handle = serve({ client: inngest(), functions: functions() });
  await registered;
});
afterAll(async () => {
  await executor.stop();
  await database.drop();
  for (const one of [app, server]) {
    one.closeAllConnections();
    one.close();
  }
  log().close();
  await bus().close();
  await pool().end();
});

async function start(kind: Kind): Promise<JobRow> {
  const input =
    kind === "import"
      ? importInput.parse({ sample: { rows: 9 } })
      : deliverInput.parse({ message: "x" });
  const { job } = await createJob({ userId: randomUUID(), kind, input, key: undefined });
  await handOver(job);
  return job;
}
/** What the relay does with the last start event of a job. Relays of other tests do it as well. */
async function handOver({ id, userId }: JobRow): Promise<void> {
  await inngest().send(startEvent((await findRow(id, userId)) as JobRow));
  await pool().query("UPDATE outbox SET sent_at = now() WHERE data->>'jobId' = $1", [id]);
  await working;
}
/** Long enough for the watchdog nothing happens to it. */
async function beSilent({ id }: JobRow): Promise<void> {
  for (const sql of [
    "UPDATE job SET moved_at = moved_at - make_interval(secs => $2) WHERE id = $1",
    `UPDATE outbox SET sent_at = sent_at - make_interval(secs => $2)
      WHERE data->>'jobId' = $1::uuid::text`,
  ])
    await pool().query(sql, [id, jobLimits.stallSeconds + 1]);
}
const untilDone = (job: JobRow) =>
  expect
    .poll(async () => (await readState(job.id)).status, { timeout: 20_000, interval: 50 })
    .toBe("done");

it("a job that its server gave up while nobody could be reached runs to its end in another run", async () => {
  let calls = 0;
  fault = (response) => {
    calls++;
    response.destroy();
    return true;
  };
  onEvents = callInVain;
  const jobs = [await start("deliver"), await start("import")];
  // None of our code has run, not even the failure function's.
  expect(calls).toBeGreaterThanOrEqual(10);
  fault = () => false;
  for (const job of jobs) {
    expect((await readState(job.id)).status).toBe("queued");
    await beSilent(job);
  }

  await lookOnce();
  onEvents = forward;
  for (const job of jobs) {
    await handOver(job);
    await untilDone(job);
    const { restarts, attempt, steps, effects } = await readState(job.id);
    expect([restarts, attempt]).toEqual([1, 1]);
    expect(effects.map(({ step }) => step).sort()).toEqual(steps.map(({ name }) => name).sort());
  }
});

it("calls that a server counts as failed attempts are none of the step's, and do not end the job", async () => {
  onEvents = forward;
  // More than the step may fail itself.
  const unanswered = 3 * jobLimits.attempts;
  let lost = 0;
  fault = (response) => {
    if (lost === unanswered) return false;
    lost++;
    // The executor takes it for an answer of the SDK, as Inngest takes any answer: an attempt has failed.
    response.writeHead(502, { "x-inngest-sdk": "js" }).end("null");
    return true;
  };
  const job = await start("deliver");
  await untilDone(job);
  expect(lost).toBe(unanswered);
  expect(await readState(job.id)).toMatchObject({
    restarts: 0,
    attempt: 1,
    steps: [{ attempt: 1, runs: 1 }],
  });
});
