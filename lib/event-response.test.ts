import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type EventReader, eventResponse } from "./event-response";
import { HttpError } from "./http";
import { lifecycle } from "./lifecycle";
import { metrics } from "./metrics";
import type { Identity } from "./session/token";
import { streams } from "./streams";

vi.mock("./session/revocations", () => ({
  revocations: () => ({ has: (id: string) => gone.has(id), onRevoked }),
}));
const gone = new Set<string>();
const listeners = new Set<(id: string) => void>();
const onRevoked = (listener: (id: string) => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const soon = () => Math.floor(Date.now() / 1000) + 3_600;
const guest = (): Identity => ({
  userId: randomUUID(),
  name: "Ada",
  sessionId: randomUUID(),
  issuedAt: 0,
  expiresAt: soon(),
});

const held = (reader: EventReader) =>
  new Promise<void>((resolve) => reader.signal.addEventListener("abort", () => resolve()));

function open(identity = guest(), signal = new AbortController().signal, limit = 2) {
  let reader: EventReader | undefined;
  const response = eventResponse(new Request("http://any.example", { signal }), {
    identity,
    kind: "test",
    limit,
    feed: (given) => {
      reader = given;
      return held(given);
    },
  });
  return { response, reader: reader as EventReader };
}

const bytes = (size: number) => new Uint8Array(size).fill(58);

/** Whatever a test does, nothing of it stays. */
afterEach(() => {
  expect([streams().size(), listeners.size]).toEqual([0, 0]);
  vi.useRealTimers();
});

describe("eventResponse", () => {
  it("has its first bytes at once, and ends when its feed does", async () => {
    const identity = guest();
    const response = eventResponse(new Request("http://any.example"), {
      identity,
      kind: "test",
      limit: 1,
      feed: async (reader) => reader.write(new TextEncoder().encode("data: x\n\n")),
    });
    expect(await response.text()).toMatch(/^: A\n\nretry: [12]\d{3}\n\ndata: x\n\n$/);
  });

  it("cleans up once when the reader leaves, by cancel and by signal, in either order", async () => {
    const leaving = new AbortController();
    const { response, reader } = open(guest(), leaving.signal);
    expect(streams().size()).toBe(1);
    await response.body?.cancel();
    expect([streams().size(), reader.signal.aborted]).toEqual([0, true]);
    leaving.abort();
    reader.write(bytes(1));

    const other = new AbortController();
    const second = open(guest(), other.signal);
    other.abort();
    await expect(second.response.text()).rejects.toThrow();
    expect(second.reader.signal.aborted).toBe(true);
  });

  it("opens nothing for a reader that has left already", async () => {
    const { response, reader } = open(guest(), AbortSignal.abort());
    expect(reader).toBeUndefined();
    await expect(response.text()).rejects.toThrow();
  });

  it("says why it ends: logout, expiry", async () => {
    const ada = guest();
    const { response } = open(ada);
    for (const listener of listeners) listener(randomUUID());
    expect(streams().size()).toBe(1);
    for (const listener of listeners) listener(ada.sessionId);
    expect(await response.text()).toMatch(/event: end\ndata: {"reason":"logged out"}\n\n$/);

    gone.add(ada.sessionId);
    expect(await open(ada).response.text()).toContain("logged out");

    vi.useFakeTimers();
    const expiring = open(guest());
    await vi.advanceTimersByTimeAsync(3_601_000);
    expect(await expiring.response.text()).toMatch(/"session expired"}\n\n$/);

    const late = open({ ...guest(), expiresAt: 1 });
    await vi.advanceTimersByTimeAsync(1);
    expect(await late.response.text()).toContain("session expired");
  });

  it("writes a comment every 15 s", async () => {
    vi.useFakeTimers();
    const { response } = open();
    await vi.advanceTimersByTimeAsync(46_000);
    const source = response.body?.getReader();
    await source?.read();
    for (let n = 0; n < 3; n++)
      expect(new TextDecoder().decode((await source?.read())?.value)).toBe(": \n\n");
    await source?.cancel();
  });

  it("cuts a reader that leaves more than 1 MiB unread, and no other", async () => {
    const before = (await metrics().slowReaders.get()).values[0]?.value ?? 0;
    const { response, reader } = open();
    // One batch may be larger than that, to a reader that has read everything.
    reader.write(bytes(1024 * 1024));
    expect(reader.signal.aborted).toBe(false);
    reader.write(bytes(1));
    expect(reader.signal.aborted).toBe(true);
    await expect(response.text()).rejects.toThrow();
    expect((await metrics().slowReaders.get()).values[0]?.value).toBe(before + 1);
  });

  it("lets a replay wait until its reader has read", async () => {
    const { response, reader } = open();
    reader.write(bytes(200_000));
    let ready = false;
    const waiting = reader.below(1_000).then(() => {
      ready = true;
    });
    await delay(20);
    expect(ready).toBe(false);
    const source = response.body?.getReader();
    await source?.read();
    await source?.read();
    // Its next read says that it has taken what was there.
    const next = source?.read();
    await waiting;
    await source?.cancel();
    await next;
  });

  it("refuses one too many with Retry-After, until one has ended", async () => {
    const ada = guest();
    const two = [open(ada), open(ada)];
    let refusal: unknown;
    try {
      open(ada);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(HttpError);
    expect(refusal).toMatchObject({ status: 429, extra: { headers: { "retry-after": "5" } } });
    await two[0]?.response.body?.cancel();
    two.push(open(ada));
    for (const { response } of two.slice(1)) await response.body?.cancel();
  });

  it("is cut when its feed fails", async () => {
    const response = eventResponse(new Request("http://any.example"), {
      identity: guest(),
      kind: "test",
      limit: 1,
      feed: () => Promise.reject(new Error("the database is away")),
    });
    await expect(response.text()).rejects.toThrow();
  });

  // The last one: a registry that has ended its streams takes no more.
  it("says goodbye at the shutdown, and to whoever comes during it", async () => {
    const { response } = open();
    lifecycle().phase = "draining";
    streams().endAll();
    const goodbye = /event: end\ndata: {"reason":"going away"}\n\n$/;
    expect(await response.text()).toMatch(goodbye);
    expect(await open().response.text()).toMatch(goodbye);
    lifecycle().phase = "starting";
  });
});
