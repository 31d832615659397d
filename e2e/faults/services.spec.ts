import { randomUUID } from "node:crypto";
import { expect, test } from "../fixtures";
import { ask, stateOf as completionOf, textOf } from "../support/completion";
import { faultNames } from "../support/faulty-proxy";
import { call } from "../support/guest";
import { startJob, stateOf, untilStatus } from "../support/jobs";
import { type OwnSite, startSite } from "../support/own-site";
import { expectPromised } from "../support/promised";
import { created, putFile } from "../support/uploads";
import { jobsTable } from "./jobs.table";
import { modelTable } from "./model.table";
import { redisTable } from "./redis.table";

let site: OwnSite;

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site?.stop());
test.afterEach(async () => {
  for (const service of Object.values(site?.services ?? {})) await service.mend();
});

/** A decision has 450 ms, which a machine that is busy may need many tries for. */
const PATIENCE = { timeout: 40_000 };
const decidedBy = async () => {
  const path = "/api/limits/token-bucket?store=redis&down=closed";
  return (await (await call(path, { guest: await site.newGuest() })).json()).decidedBy;
};

for (const fault of faultNames)
  test(`a Redis that is away (${fault}): each route does what it has declared, and it counts again afterwards`, async () => {
    test.setTimeout(120_000);
    await expect.poll(decidedBy, PATIENCE).toBe("redis");
    await site.services.redis.fail(fault);
    // Twice: with the breaker closed, and open.
    const guest = await site.newGuest();
    for (let i = 0; i < 2; i++) await expectPromised(redisTable, guest, fault);
    await site.services.redis.mend();
    await expect.poll(decidedBy, PATIENCE).toBe("redis");
  });

for (const fault of faultNames)
  test(`an Inngest that is away (${fault}): a job is accepted, waits, and runs once it is back`, async () => {
    test.setTimeout(90_000);
    const guest = await site.newGuest();
    await site.services.jobs.fail(fault);
    const [waiting, doomed] = [
      await startJob(guest, "deliver", { message: "wait" }, site.base),
      await startJob(guest, "deliver", { message: "never" }, site.base),
    ];
    await expectPromised(jobsTable, { guest, waiting, doomed }, fault);
    // It waits where a crash would not lose it. An answer that is cut comes after the event.
    if (fault !== "cut") {
      expect((await stateOf(guest, waiting, site.base)).status).toBe("queued");
      const rows = await site.database.query(
        "SELECT id FROM outbox WHERE event_id = $1 AND sent_at IS NULL",
        [waiting],
      );
      expect(rows).toHaveLength(1);
    }
    await site.services.jobs.mend();
    const { effects } = await untilStatus(guest, waiting, "done", { base: site.base });
    expect(effects).toHaveLength(1);
    expect((await stateOf(guest, doomed, site.base)).status).toBe("cancelled");
    // Whatever was accepted has run, and nothing waits any more.
    const left = () =>
      site.database.query(
        `SELECT id::text FROM job WHERE user_id = $1 AND finished_at IS NULL
          UNION ALL SELECT event_id FROM outbox WHERE sent_at IS NULL`,
        [guest.userId],
      );
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
  });

for (const fault of faultNames)
  test(`a model that is away (${fault}): a typed error, then [DONE], and the next answer is whole`, async () => {
    const guest = await site.newGuest();
    await site.services.model.fail(fault);
    const begun = performance.now();
    const reading = await ask(guest, "What is a cursor?", { base: site.base });
    const assistant = await call("/api/assistant", {
      ...{ guest, method: "POST" },
      body: JSON.stringify({
        id: randomUUID(),
        messages: [{ id: "u1", role: "user", parts: [{ type: "text", text: "And a keyset?" }] }],
      }),
    });
    const [kind, status] = modelTable[fault];
    expect(await assistant.text()).toMatch(/"type":"error"[\s\S]*data: \[DONE\]/);
    await reading.over;
    expect(performance.now() - begun).toBeLessThan(1_000 + 5_000);
    expect(reading.isDone()).toBe(true);
    const error = reading.events.find(({ event }) => event === "error");
    expect(JSON.parse(error?.data ?? "{}")).toMatchObject({ type: `/problems/${kind}`, status });
    const state = await completionOf(guest, reading.id, site.base);
    expect([state.status, state.text]).toEqual(["failed", textOf(reading.events)]);
    // None is left that counts as running.
    const left = "SELECT id FROM completion WHERE user_id = $1 AND status = 'running'";
    await expect.poll(() => site.database.query(left, [guest.userId])).toEqual([]);

    await site.services.model.mend();
    const whole = await ask(guest, "What is a cursor?", { base: site.base });
    await whole.over;
    expect((await completionOf(guest, whole.id, site.base)).status).toBe("done");
  });

test("what one service fails in does no harm to what uses another", async () => {
  test.setTimeout(180_000);
  const guest = await site.newGuest();
  const answer = async () => {
    const reading = await ask(guest, "What is a cursor?", { base: site.base });
    await reading.over;
    expect((await completionOf(guest, reading.id, site.base)).status).toBe("done");
  };
  const uses = {
    store: async () => void (await created(await putFile(guest, Buffer.from("hello")))),
    redis: () => expect.poll(decidedBy, PATIENCE).toBe("redis"),
    jobs: async () => {
      const id = await startJob(guest, "deliver", { message: "Hello" }, site.base);
      await untilStatus(guest, id, "done", { base: site.base });
    },
    model: answer,
  };
  for (const [name, service] of Object.entries(site.services)) {
    await service.fail("hang");
    // Somebody waits for it meanwhile.
    uses[name as keyof typeof uses]().catch(() => undefined);
    for (const [other, use] of Object.entries(uses)) if (other !== name) await use();
    expect((await call("/readyz", { base: site.base })).status).toBe(200);
    await service.mend();
  }
});

test("with every service hanging, SIGTERM still ends the process within ten seconds", async () => {
  const guest = await site.newGuest();
  for (const service of Object.values(site.services)) await service.fail("hang");
  await startJob(guest, "deliver", { message: "Hello" }, site.base);
  const uploading = putFile(guest, Buffer.from("hello")).catch(() => null);
  const reading = await ask(guest, "What is a cursor?", { base: site.base });
  const { code, ms } = await site.instance.end("SIGTERM");
  expect(code).toBe(0);
  expect(ms).toBeLessThan(10_000 + 5_000);
  await Promise.all([uploading, reading.over]);
});
