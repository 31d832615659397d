import { A, B, expect, test } from "./fixtures";
import { killExecutor } from "./support/executor";
import { call, type Guest, newGuest } from "./support/guest";
import { bootIdOf, kill, untilReborn } from "./support/instances";
import { startJob, taskOf, untilStatus } from "./support/jobs";
import { type OwnInstance, startInstance } from "./support/own-instance";

// Each kill hits two workflows, each of them at a moment of its own.
const KILLS = 20;
const EXECUTOR_KILLS = 4;
const STEPS = ["validate", "batch 1", "batch 2", "batch 3", "report"];

test.use({ allowedErrors: [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_INCOMPLETE/] });
test.describe.configure({ mode: "serial" });

let own: OwnInstance | undefined;
test.afterEach(async () => {
  if (own?.process.exitCode === null) await own.end("SIGKILL");
  own = undefined;
});

/** A five-step workflow that takes a while: something to be killed in. */
const fiveSteps = (guest: Guest, base: string, ms: number) =>
  startJob(guest, "import", { sample: { rows: 30, bad: 3 }, faults: { pauseMs: ms / 6 } }, base);

/** Everything that must be true of it, whatever happened meanwhile. */
async function expectDoneOnce(guest: Guest, id: string, base: string): Promise<number> {
  const state = await untilStatus(guest, id, "done", { base, timeout: 60_000 });
  expect(state.effects.map(({ step }) => step).sort()).toEqual(STEPS.toSorted());
  expect(state.steps.map(({ name, status }) => [name, status])).toEqual(
    STEPS.map((name) => [name, "done"]),
  );
  // The report counts the table, which has no key of its own: a batch stored twice would be seen.
  expect(state.result).toMatchObject({ imported: 27, expected: 27, bad: 3 });
  return state.steps.reduce((sum, { runs }) => sum + runs - 1, 0);
}

/** As long as five steps take: whatever has started within this time is hit at a random moment. */
const SPAN_MS = 1_500;
/** An instance that was killed is back within it. */
const LONG_SPAN_MS = 3_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a workflow on each of these instances, at random moments, and waits until all have begun. */
async function startScattered(guest: Guest, bases: string[], ms = SPAN_MS): Promise<Started> {
  const starts = bases.map(async (base) => {
    const at = Math.random() * ms;
    await pause(at);
    const id = await fiveSteps(guest, base, ms);
    await pause(ms - at);
    return id;
  });
  return { guest, ids: await Promise.all(starts) };
}

/** How many steps of these jobs were begun again, once all of them are done. */
async function expectAllDoneOnce(started: Started[]): Promise<number> {
  let begunAgain = 0;
  for (const { guest, ids } of started)
    for (const id of ids) begunAgain += await expectDoneOnce(guest, id, B);
  return begunAgain;
}
interface Started {
  guest: Guest;
  ids: string[];
}

test(`kill -9 at ${KILLS} random moments of five-step workflows: each effect once, every job ends`, async () => {
  test.setTimeout(400_000);
  const started: Started[] = [];
  let back: Promise<void> | undefined;
  for (let round = 0; round < KILLS; round++) {
    const [victim, dying] = round % 2 ? (["B", B] as const) : (["A", A] as const);
    const before = await bootIdOf(dying);
    // Accepted by the one that dies: its relay, its steps and the request are cut off alike.
    const guest = await newGuest("Survivor", dying);
    // Meanwhile the one comes back that was killed before: it is asked to kill.
    const [some] = await Promise.all([startScattered(guest, [dying, dying], LONG_SPAN_MS), back]);
    started.push(some);
    await kill(victim);
    // What is left undone goes on under the next kills.
    back = untilReborn(dying, before);
  }
  await back;
  // Otherwise no kill has hit a step, and nothing was proved.
  expect(await expectAllDoneOnce(started)).toBeGreaterThan(0);
});

test(`kill -9 of the executor, ${EXECUTOR_KILLS} times: each effect once, every job ends`, async () => {
  test.setTimeout(120_000);
  const started: Started[] = [];
  for (let round = 0; round < EXECUTOR_KILLS; round++) {
    started.push(await startScattered(await newGuest("Patron", A), [A, B, A]));
    await killExecutor();
  }
  expect(await expectAllDoneOnce(started)).toBeGreaterThan(0);
});

test("both instances, one after the other: jobs that sleep and retry go on", async () => {
  test.setTimeout(90_000);
  const guest = await newGuest("Sleeper", B);
  const sleeping = await startJob(guest, "digest", { delaySeconds: 6 });
  const retrying = await startJob(guest, "deliver", {
    message: "after the storm",
    faults: { failures: 1, retryAfterSeconds: 6 },
  });
  await untilStatus(guest, retrying, "retrying");
  const [bootA, bootB] = [await bootIdOf(A), await bootIdOf(B)];
  await kill("A");
  await untilReborn(A, bootA);
  await kill("B");
  await untilReborn(B, bootB);
  const done = await untilStatus(guest, retrying, "done");
  expect(done.effects).toHaveLength(1);
  expect((await untilStatus(guest, sleeping, "done")).effects).toHaveLength(1);
});

test("a task after the response dies with its instance, and says so", async () => {
  const guest = await newGuest("Loser", B);
  const before = await bootIdOf(A);
  const body = JSON.stringify({ note: "lost", seconds: 20 });
  const task = await (await call("/api/tasks", { guest, method: "POST", body })).json();
  await expect.poll(async () => (await taskOf(guest, task.id, B)).status).toBe("running");
  await kill("A");
  await expect
    .poll(async () => (await taskOf(guest, task.id, B)).status, { timeout: 10_000 })
    .toBe("lost");
  await untilReborn(A, before);
  expect((await taskOf(guest, task.id)).status).toBe("lost");
});

test("SIGTERM waits for a task after its response", async () => {
  own = await startInstance({ INSTANCE_NAME: "leaving" });
  const guest = await newGuest("Patient", own.base);
  const body = JSON.stringify({ note: "kept", seconds: 3 });
  const response = await call("/api/tasks", { guest, base: own.base, method: "POST", body });
  const task = await response.json();
  expect([response.status, task.instance]).toEqual([202, "leaving"]);
  const { code } = await own.end("SIGTERM");
  expect(code).toBe(0);
  expect(await taskOf(guest, task.id, B)).toMatchObject({ status: "done", progress: 3 });
});

test("the button kills: the task is lost, the job goes on at its step", async ({ page }) => {
  test.setTimeout(90_000);
  const before = await bootIdOf(A);
  await page.goto(`${B}/background-tasks`);
  const session = await page.request.post(`${A}/api/session`, { data: {} });
  expect(session.ok()).toBe(true);
  // The task is taken by A, whose page this is not: cookies do not know ports.
  const task = await page.request.post(`${A}/api/tasks`, { data: { note: "on A", seconds: 15 } });
  expect(task.status()).toBe(202);
  await page.reload();
  const tasks = page.getByRole("list", { name: "Tasks" });
  await expect(tasks.getByText("running").first()).toBeVisible({ timeout: 10_000 });
  const importing = page.getByRole("region", { name: "Import a file" });
  await importing.getByRole("button", { name: "Import" }).click();
  await expect(importing.getByText(/^running$/).first()).toBeVisible({ timeout: 15_000 });
  await page.getByRole("button", { name: "Kill instance A" }).click();
  await expect(tasks.getByText(/^lost$/)).toBeVisible({ timeout: 15_000 });
  const job = importing.getByRole("list", { name: "Jobs: import" }).getByRole("listitem").first();
  await expect(job).toHaveAttribute("data-status", "done", { timeout: 40_000 });
  for (const step of STEPS)
    await expect(job.getByText(new RegExp(`Ledger: .*${step} \\(`))).toBeVisible();
  const twice = page
    .locator("dl > div", { has: page.getByText("Rows stored twice") })
    .locator("dd")
    .first();
  await expect(twice).toHaveText("0");
  const id = (await job.getAttribute("data-job")) ?? "";
  const state = await page.request.get(`${B}/api/jobs/${id}`);
  expect((await state.json()).effects).toHaveLength(STEPS.length);
  await untilReborn(A, before);
});
