import { randomInt } from "node:crypto";
import { connect } from "node:net";
import { expect, test } from "./fixtures";
import { type Guest, newGuest } from "./support/guest";
import { metric } from "./support/instances";
import { type OwnInstance, startInstance } from "./support/own-instance";

const READERS = 500;
/**
 * With room to spare V8 collects late, and any program looks as if it leaked. With a heap of this
 * size 8,000 readers left the process at 229 MB; a leak of 20 KB each would end it.
 */
const HEAP = "--max-old-space-size=150";
const FLAT_BYTES = 32e6;

let own: OwnInstance;
test.beforeAll(async () => {
  own = await startInstance({ NODE_OPTIONS: HEAP });
});
test.afterAll(() => own.end("SIGKILL"));

/** Readers that leave at any moment: before the first byte, around it, in the middle. */
async function comeAndGo(guests: Guest[]): Promise<void> {
  const { hostname, port } = new URL(own.base);
  const visit = ({ token }: Guest) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname);
      const head = `GET /api/events/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
      socket.write(head, () => setTimeout(() => socket.destroy(), randomInt(60)));
      socket.on("error", () => {}).once("close", () => resolve());
    });
  for (let n = 0; n < READERS; n += 50)
    await Promise.all(Array.from({ length: 50 }, (_, i) => visit(guests[i % 10] as Guest)));
  await expect.poll(openStreams, PATIENCE).toBe(0);
}

/**
 * They come faster than the process accepts them. For some seconds hundreds wait in the system's queue whose
 * readers have left, and whoever is new waits behind them.
 */
const PATIENCE = { timeout: 20_000 };
const openStreams = () => metric(own.base, "open_streams");

test("1,500 readers that come and go leave no stream, and no memory, behind", async () => {
  test.setTimeout(180_000);
  const guests = await Promise.all(Array.from({ length: 10 }, () => newGuest("Passing", own.base)));
  // The first ones warm the process up.
  for (let round = 0; round < 3; round++) await comeAndGo(guests);
  const before = await metric(own.base, "process_resident_memory_bytes");
  for (let round = 0; round < 3; round++) await comeAndGo(guests);
  const after = await metric(own.base, "process_resident_memory_bytes");
  expect(after - before).toBeLessThan(FLAT_BYTES);
});

test("streams that wait behind another answer end with their connection", async () => {
  const { token } = await newGuest("Behind", own.base);
  const { hostname, port } = new URL(own.base);
  const ask = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const socket = connect(Number(port), hostname).on("error", () => {});
  socket.write(ask("/api/realtime/long-poll?timeout=25") + ask("/api/events/me").repeat(5));
  await expect.poll(openStreams, PATIENCE).toBe(6);
  socket.destroy();
  await expect.poll(openStreams, PATIENCE).toBe(0);
});
