import { type IncomingHttpHeaders, request } from "node:http";
import type { Socket } from "socket.io-client";
import { expect } from "../fixtures";
import { ask as complete } from "./completion";
import { call, type Guest, newRoom } from "./guest";
import { openMember } from "./member";
import { api, start as startSource, stop as stopSource } from "./realtime";
import { idsOf, openEvents, publish } from "./sse";
import { created, noise, putFile, sha256 } from "./uploads";

// What must be true through whatever stands in front of the instances.

/** A frame that waits in a buffer comes with the end of the stream, which these never reach. */
const IN_TIME_MS = 2_000;
/** Of a machine that is busy. */
const PATIENCE = { timeout: 20_000 };
const MiB64 = 64 * 1024 * 1024;

interface Asked {
  guest?: Guest;
  headers?: Record<string, string>;
  /** Another address of loopback: 127.8.0.1 is another client than 127.0.0.1. */
  from?: string;
}

/** GET from an address of one's choice, which fetch cannot. */
export function askFrom(
  base: string,
  path: string,
  { guest, headers = {}, from = "127.0.0.1" }: Asked = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const authorization = guest ? { authorization: `Bearer ${guest.token}` } : undefined;
  return new Promise((resolve, reject) => {
    const options = { localAddress: from, agent: false, headers: { ...authorization, ...headers } };
    request(new URL(path, base), options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        body += piece;
      });
      response.once("error", reject).once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    })
      .once("error", reject)
      .end();
  });
}

/** Each event comes while the stream is open. */
export async function expectEventsInTime(base: string, guest: Guest) {
  const reading = await openEvents(guest, { base });
  for (let n = 1; n <= 3; n++) {
    const begun = Date.now();
    await publish(guest, n, { base });
    await expect.poll(() => idsOf(reading.events).length, { intervals: [20], ...PATIENCE }).toBe(n);
    expect(Date.now() - begun).toBeLessThan(IN_TIME_MS);
  }
  reading.close();
}

/** The first token comes long before the last. */
export async function expectTokensInTime(base: string, guest: Guest) {
  const answer = await complete(guest, undefined, { base });
  await expect
    .poll(() => answer.text().length, { intervals: [20], ...PATIENCE })
    .toBeGreaterThan(0);
  expect(answer.isDone()).toBe(false);
  await answer.over;
  expect(answer.isDone()).toBe(true);
}

/** A long poll waits for what is said meanwhile. */
export async function expectPollToWait(base: string, guest: Guest) {
  const waiting = askFrom(base, api("long-poll?after=0&timeout=20"), { guest });
  await startSource(guest, 10, 64, base);
  expect(JSON.parse((await waiting).body).entries.length).toBeGreaterThan(0);
  await stopSource(guest, base);
}

export async function expectStored(base: string, guest: Guest) {
  const bytes = noise(MiB64);
  const upload = await created(await putFile({ ...guest, base }, bytes));
  expect(upload).toMatchObject({ size: MiB64, sha256: sha256(bytes) });
  const removed = await call(`/api/uploads/${upload.id}`, { method: "DELETE", guest, base });
  expect(removed.status).toBe(204);
}

/** Resolves once connected, rejects when refused. */
export const connectedOver = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("connect_error", reject);
  });

/** Two members, a message each: both have both. */
export async function expectTalk(base: string, guest: Guest) {
  const room = (await newRoom({ ...guest, base })).name;
  const members = [openMember(base, guest, room), openMember(base, guest, room)];
  for (const member of members)
    await expect.poll(() => member.state().status, PATIENCE).toBe("joined");
  for (const member of members) member.send("heard?");
  for (const member of members) {
    await expect.poll(() => member.state().messages.length, PATIENCE).toBe(2);
    expect(member.state().transport).toBe("websocket");
    member.close();
  }
}
