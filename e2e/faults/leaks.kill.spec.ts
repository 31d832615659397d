import { randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "../fixtures";
import { ask, stateOf, stop } from "../support/completion";
import type { Attached } from "../support/crowd";
import { attachMember, attachReader } from "../support/crowd-clients";
import { type Guest, newGuest, newRoom } from "../support/guest";
import { type Inspector, inspect, inspected } from "../support/inspector";
import { metric } from "../support/instances";
import { exactly, measured } from "../support/measured";
import { answered, type OwnInstance, startInstance } from "../support/own-instance";
import { expectNothing, formType, open, rawForm } from "../support/uploads";

const CONNECTS = 2_000;
const UPLOADS = 500;
const ANSWERS = 500;
/** How many come and go at a time, each of them for a guest of its own. */
const AT_ONCE = 20;
/** Of the uploads, one in so many breaks off only after its first part has come to the store. */
const LONG_EVERY = 50;
const PART_BYTES = 8 * 1024 * 1024;

/** What may be more than before: caches that fill up to a bound, connections that are kept for a while. */
const SLACK = { heapMiB: 10, descriptors: 10, timers: 20, files: 0, sockets: 0, streams: 0 };

const temporary = mkdtempSync(join(tmpdir(), "patternbook-leaks-"));
let own: OwnInstance;
let inspector: Inspector;
test.beforeAll(async () => {
  own = await startInstance({
    ...inspected,
    ...answered,
    ...{ SOCKETS_PER_ADDRESS: "1000", STREAMS_PER_USER: "1000", TMPDIR: temporary },
  });
  inspector = await inspect(own);
});
test.afterAll(async () => {
  inspector.close();
  await own.end("SIGKILL");
  rmSync(temporary, { recursive: true });
});

type Held = typeof SLACK;
async function held(): Promise<Held> {
  return {
    heapMiB: (await inspector.heapBytes()) / 1024 ** 2,
    descriptors: readdirSync(`/proc/${own.process.pid}/fd`).length,
    timers: await inspector.count("setTimeout(() => {})"),
    files: readdirSync(temporary).length,
    sockets: await metric(own.base, "open_sockets"),
    streams: await metric(own.base, "open_streams"),
  };
}

/** What is held beyond what was held before, and the slack. */
async function excess(before: Held): Promise<Partial<Held>> {
  const now = await held();
  const names = Object.keys(SLACK) as (keyof Held)[];
  const more = names.filter((name) => now[name] > before[name] + SLACK[name]);
  return Object.fromEntries(more.map((name) => [name, now[name] - before[name]]));
}

/** Does something so often, for one guest after the other. It works out for most, or nothing is proved. */
async function repeat(
  times: number,
  guests: Guest[],
  once: (guest: Guest, n: number) => Promise<boolean>,
): Promise<void> {
  let [next, done] = [0, 0];
  const worker = async (guest: Guest) => {
    while (next < times) if (await once(guest, next++)) done++;
  };
  await Promise.all(guests.map(worker));
  expect(done).toBeGreaterThan(times / 2);
}

/** Comes, and leaves at any moment. @returns whether it was let in: one that is busy may refuse */
async function passBy(attach: Promise<Attached>): Promise<boolean> {
  const attached = await attach.catch(() => undefined);
  await delay(randomInt(20));
  attached?.socket.destroy();
  return attached !== undefined;
}

/** Breaks off in the middle of a body, in each of the ways that a file is received. */
async function breakOff(guest: Guest, n: number): Promise<boolean> {
  const isLong = n % LONG_EVERY === 0;
  const bytes = Buffer.alloc(isLong ? PART_BYTES + 1_000_000 : 100_000);
  const form = { method: "POST", body: rawForm({ name: "half.bin", bytes }), type: formType };
  const raw = { method: "PUT", body: bytes, type: "application/octet-stream" };
  const lanes = [
    { path: "/api/uploads/streaming?name=half.bin", ...raw },
    { path: "/api/uploads/streaming", ...form },
    { path: "/api/uploads/simple", ...form },
  ] as const;
  const { path, method, body, type } = lanes[isLong ? 0 : n % 3] as (typeof lanes)[number];
  const headers = { "content-length": String(body.length + 1_000), "content-type": type };
  const { out, answer } = open(guest, path, headers, method, own.base);
  answer.catch(() => undefined);
  await new Promise((resolve) => out.write(body, resolve));
  await delay(randomInt(20));
  const broke = !out.destroyed;
  out.destroy();
  return broke;
}

/** Leaves an answer in the middle, and has it stopped. */
async function leaveAnswer(guest: Guest): Promise<boolean> {
  const reading = await ask(guest, undefined, { base: own.base });
  await delay(randomInt(50));
  reading.close();
  if (reading.status !== 200) return false;
  await stop(guest, reading.id, own.base);
  const status = async () => (await stateOf(guest, reading.id, own.base)).status;
  await expect.poll(status, { intervals: [20, 50] }).not.toBe("running");
  return true;
}

test("whoever comes and goes, or breaks off, leaves nothing behind", async () => {
  test.setTimeout(400_000);
  const guests: Guest[] = [];
  for (let n = 0; n < AT_ONCE; n++) guests.push(await newGuest(`Passing ${n}`, own.base));
  const room = (await newRoom(guests[0] as Guest)).name;
  const { base } = own;

  const round = async (part: number) => {
    const times = (all: number) => Math.ceil(all * part);
    await repeat(times(CONNECTS / 2), guests, ({ token }) =>
      passBy(attachMember(base, token, room, () => {})),
    );
    await repeat(times(CONNECTS / 2), guests, ({ token }) =>
      passBy(attachReader(base, token, () => {})),
    );
    await repeat(times(UPLOADS), guests, breakOff);
    await repeat(times(ANSWERS), guests, leaveAnswer);
  };
  // The first ones fill pools and caches.
  await round(0.2);
  const before = await held();
  await round(1);
  await expect.poll(() => excess(before), { timeout: 90_000, intervals: [2_000] }).toEqual({});
  const after = await held();
  for (const name of Object.keys(SLACK) as (keyof Held)[]) {
    measured("before", before[name], name);
    measured("after", after[name], name, exactly(before[name] + SLACK[name]));
  }
  for (const guest of guests) await expectNothing(guest);
});
