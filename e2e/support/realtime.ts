import { io, type Socket } from "socket.io-client";
import { type Entry, page, type ServerEvents, stats } from "../../app/(realtime)/contract";
import { createSseParser } from "../../lib/sse-parser";
import { A, expect } from "../fixtures";
import { call, type Guest } from "./guest";

export const api = (path: string) => `/api/realtime/${path}`;

/** Says something to a guest's source. */
export const command = (guest: Guest | undefined, body: unknown, base = A, headers = {}) =>
  call(api("source"), {
    ...{ method: "POST", guest, base, headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** Starts a source, and expects it to run. */
export async function start(guest: Guest, rate = 50, payloadBytes = 64, base = A): Promise<void> {
  const response = await command(guest, { action: "start", rate, payloadBytes }, base);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ running: true, settings: { rate, payloadBytes } });
}

/** Ends a source. @returns the head of the stream */
export async function stop(guest: Guest, base = A): Promise<number> {
  expect((await command(guest, { action: "stop" }, base)).status).toBe(200);
  // The one that was on its way.
  await new Promise((resolve) => setTimeout(resolve, 150));
  return (await statsOf(guest, base)).head;
}

export async function statsOf(guest: Guest, base = A, run?: string) {
  const response = await call(api(`stats${run ? `?run=${run}` : ""}`), { guest, base });
  return stats.parse(await response.json());
}

/** Everything after a position, by one kind of poll. */
export async function readByPoll(
  guest: Guest,
  kind: string,
  after: number,
  upto: number,
  base = A,
) {
  const entries: Entry[] = [];
  let position = after;
  while (position < upto) {
    const response = await call(api(`${kind}?after=${position}`), { guest, base });
    expect(response.status).toBe(200);
    const answer = page.parse(await response.json());
    entries.push(...answer.entries);
    position = answer.position;
  }
  return entries;
}

/** Frames of the event stream until one of them satisfies. */
export async function readStream(
  guest: Guest,
  query: string,
  isLast: (event: { id: string; event: string; data: string }) => boolean,
  { base = A, headers = {} } = {},
) {
  const leave = new AbortController();
  const response = await call(api(`sse${query}`), { guest, base, headers, signal: leave.signal });
  expect(response.status).toBe(200);
  const events: { id: string; event: string; data: string }[] = [];
  const parser = createSseParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (events.some(isLast)) break;
  }
  leave.abort();
  return { response, events };
}

export const entriesOf = (events: { id: string; event: string; data: string }[]) =>
  events
    .filter(({ event }) => event === "message")
    .map(({ id, data }): Entry => ({ seq: Number(id), ...JSON.parse(data) }));

export type RealtimeSocket = Socket<ServerEvents, Record<string, never>>;

/** A bare socket of /realtime; the test ends it. */
export const openRealtime = (auth: object, base = A): RealtimeSocket =>
  io(`${base}/realtime`, { auth, transports: ["websocket"], forceNew: true, reconnection: false });
