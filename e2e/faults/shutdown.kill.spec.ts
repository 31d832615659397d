import { setTimeout as delay } from "node:timers/promises";
import { A, B, expect, test } from "../fixtures";
import { ask, QUESTION, read } from "../support/completion";
import { call, type Guest, newGuest, newRoom } from "../support/guest";
import { bootIdOf, metric, untilReborn } from "../support/instances";
import { startJob, stateOf, taskOf, untilStatus } from "../support/jobs";
import { exactly, measured } from "../support/measured";
import { openMember } from "../support/member";
import { answered, type OwnInstance, startInstance } from "../support/own-instance";
import { pidOf } from "../support/process";
import { openEvents, publish } from "../support/sse";
import { expectNothing, open } from "../support/uploads";

/** Of each kind, open as the signal comes. */
const EACH = 5;
const DEADLINE_MS = 10_000;

const LAST_EVENT = /event: end\ndata: {"reason":"going away"}\n\n$/;

let own: OwnInstance | undefined;
test.afterEach(async () => {
  if (own?.process.exitCode === null) await own.end("SIGKILL");
  own = undefined;
});
// The browser says so when its instance is gone; that is the point here.
test.use({ allowedErrors: [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE/] });

const some = <T>(make: () => T) => Array.from({ length: EACH }, make);

/** An upload that sends a piece every half a second. */
function uploadSlowly(guest: Guest, base: string, pieces: number) {
  const piece = Buffer.alloc(50_000, "slow");
  const path = "/api/uploads/streaming?name=slow.bin";
  const headers = { "content-length": String(pieces * piece.length) };
  const { out, answer } = open(guest, path, headers, "PUT", base);
  const send = async () => {
    for (let n = 0; n < pieces && !out.destroyed; n++) {
      out.write(piece);
      await delay(500);
    }
    out.end();
  };
  return { sent: send(), answer };
}

test("SIGTERM with everything open: all is answered or ended, exit 0 in time, and clients come back", async ({
  page,
}) => {
  test.setTimeout(150_000);
  own = await startInstance(answered);
  const { base } = own;
  const guest = await newGuest("Stayer", base);
  const whole = await ask(guest, QUESTION, { base: B });
  const room = (await newRoom(guest)).name;
  const members = some(() => openMember(base, guest, room));
  for (const member of members) await expect.poll(() => member.state().status).toBe("joined");
  const streams = await Promise.all(some(() => openEvents(guest, { base })));
  await publish(guest, "before the end", { base });
  await page.goto(`${base}/event-stream`);
  const status = page
    .getByRole("complementary", { name: "Connection" })
    .getByRole("status")
    .first();
  await expect(status).toHaveText("live", { timeout: 30_000 });
  await whole.over;
  const polls = some(() => call("/api/realtime/long-poll?timeout=25", { guest, base }));
  await expect.poll(() => metric(base, "open_streams"), { timeout: 15_000 }).toBe(2 * EACH + 1);

  const upload = uploadSlowly(guest, base, 6);
  const body = JSON.stringify({ note: "after the answer", seconds: 3 });
  const task = await call("/api/tasks", { method: "POST", guest, base, body });
  const { id } = await task.json();
  const answer = await ask(guest, QUESTION, { base });
  await expect.poll(() => answer.text().length, { intervals: [5] }).toBeGreaterThan(0);

  const { code, ms } = await own.end("SIGTERM");
  measured("from SIGTERM to the exit", ms, "ms", exactly(DEADLINE_MS));
  expect({ code, inTime: ms < DEADLINE_MS }).toEqual({ code: 0, inTime: true });
  for (const poll of polls) expect((await poll).status).toBe(204);
  expect((await upload.answer).status).toBe(201);
  expect(await taskOf(guest, id, A)).toMatchObject({ status: "done", progress: 3 });
  for (const stream of streams) expect(stream.text()).toMatch(LAST_EVENT);
  expect(answer.events.at(-1)).toMatchObject({ event: "end", data: '{"reason":"going away"}' });
  for (const member of members) expect(member.state().lastBye).toBe("going away");
  // The answer goes on elsewhere, where its reader left off.
  const rest = await read(guest, answer.id, { base: B, lastEventId: answer.lastEventId() });
  await rest.over;
  expect(answer.text() + rest.text()).toBe(whole.text());

  own = await startInstance({ ...answered, PORT: new URL(base).port });
  for (const member of members) {
    await expect.poll(() => member.state().status, { timeout: 15_000 }).toBe("joined");
    expect(member.state().reconnects).toBeGreaterThan(0);
    member.close();
  }
  await expect(status).toHaveText("live", { timeout: 30_000 });
});

test("SIGTERM with an upload that does not come to an end: cut, exit 0 in time, nothing left of it", async () => {
  test.setTimeout(60_000);
  own = await startInstance();
  const guest = await newGuest("Sender", own.base);
  const upload = uploadSlowly(guest, own.base, 60);
  const cut = upload.answer.then(
    ({ status }) => status,
    () => "cut",
  );
  await delay(1_000);
  const { code, ms } = await own.end("SIGTERM");
  measured("from SIGTERM to the exit", ms, "ms", exactly(DEADLINE_MS));
  expect({ code, inTime: ms < DEADLINE_MS }).toEqual({ code: 0, inTime: true });
  expect(await cut).toBe("cut");
  await upload.sent;
  await expectNothing(guest);
});

test("SIGTERM in the middle of a job's step: the step comes to its end, once", async () => {
  test.setTimeout(120_000);
  const guest = await newGuest("Patron", B);
  const before = await bootIdOf(A);
  // One after the other, so that both instances have steps in hand.
  const ids: string[] = [];
  for (let n = 0; n < 4; n++)
    ids.push(
      await startJob(
        guest,
        "import",
        { sample: { rows: 30, bad: 0 }, faults: { pauseMs: 1_000 } },
        B,
      ),
    );
  const steps = async () =>
    (await Promise.all(ids.map((id) => stateOf(guest, id, B)))).flatMap((job) => job.steps);
  const underWayOnA = async () =>
    (await steps()).filter(({ instance, status }) => instance === "A" && status === "running")
      .length;
  await expect.poll(underWayOnA, { timeout: 20_000, intervals: [50] }).toBeGreaterThan(0);
  process.kill(pidOf(A), "SIGTERM");
  for (const id of ids) await untilStatus(guest, id, "done", { base: B });
  // One that is cut begins again: it would have run twice.
  expect((await steps()).filter(({ runs }) => runs !== 1)).toEqual([]);
  await untilReborn(A, before);
});
