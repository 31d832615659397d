import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it, vi } from "vitest";
import { bus } from "./bus";
import { pool } from "./db/pool";
import type { EventReader } from "./event-response";
import { log } from "./log";
import { feedFromLog } from "./log-feed";
import { encodeEvent } from "./sse";

const newStream = () => `test:${randomUUID()}`;
let encoded = 0;

/** A reader that keeps what it was sent. */
function createReader() {
  const over = new AbortController();
  const writes: Uint8Array[] = [];
  const reader: EventReader = {
    signal: over.signal,
    write: (frames) => void writes.push(frames),
    below: async () => {},
    cut: () => over.abort(),
  };
  const text = () => Buffer.concat(writes).toString();
  return {
    reader,
    writes,
    text,
    ids: () => [...text().matchAll(/^id: (\d+)\nevent: t$/gm)].map(([, id]) => Number(id)),
    leave: () => over.abort(),
  };
}

function follow(stream: string, after?: number) {
  const one = createReader();
  const done = feedFromLog(one.reader, {
    stream,
    after,
    latest: 3,
    encode: ({ seq, type, data }) => {
      encoded++;
      return encodeEvent({ id: seq, event: type, data: JSON.stringify(data) });
    },
  });
  return { ...one, done };
}

const append = (stream: string, data: unknown) => log().append(stream, "t", data);
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 20 });

afterAll(async () => {
  log().close();
  await bus().close();
  await pool().end();
});

describe("feedFromLog", () => {
  it("replays what is there, says live, and goes on, from any position", async () => {
    const stream = newStream();
    for (let n = 1; n <= 5; n++) await append(stream, n);
    const followers = [undefined, 0, 4, 5].map((after) => follow(stream, after));
    await until(() => {
      for (const { text } of followers) expect(text()).toContain("event: live");
    });
    await append(stream, 6);
    await until(() => {
      const all = followers.map(({ ids }) => ids());
      expect(all).toEqual([range(3, 6), range(1, 6), range(5, 6), [6]]);
    });
    expect(followers[0]?.text()).toMatch(/^id: 2\n\nid: 3\n/);
    expect(followers[1]?.text()).toContain('event: live\ndata: {"position":5,"replayed":5}');
    for (const { leave, done } of followers) {
      leave();
      await done;
    }
  });

  it("has no gap and no repeat while entries come at the seam", async () => {
    const stream = newStream();
    const writing = Promise.all(range(1, 300).map((n) => append(stream, n)));
    const followers: ReturnType<typeof follow>[] = [];
    for (let n = 0; n < 40; n++) {
      followers.push(follow(stream, 0));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    await until(() => {
      for (const { ids } of followers) expect(ids()).toEqual(range(1, 300));
    });
    for (const { leave } of followers) leave();
  });

  it("encodes once and writes once for 1,000 readers, who hold no connection", async () => {
    const stream = newStream();
    await append(stream, 0);
    const followers = range(1, 1_000).map(() => follow(stream, 1));
    await until(() => {
      for (const { writes } of followers) expect(writes).toHaveLength(1);
    });
    await until(() => expect(pool().totalCount - pool().idleCount).toBe(0));
    encoded = 0;
    await append(stream, "x");
    await until(() => {
      for (const { ids } of followers) expect(ids()).toEqual([2]);
    });
    expect(encoded).toBe(1);
    // The very same bytes, in one write each.
    expect(new Set(followers.map(({ writes }) => writes[1])).size).toBe(1);
    expect(followers.every(({ writes }) => writes.length === 2)).toBe(true);
    for (const { leave } of followers) leave();
  });

  it("reads once for 1,000 readers who come back together", async () => {
    const stream = newStream();
    for (let n = 1; n <= 5; n++) await append(stream, n);
    const read = vi.spyOn(log(), "read");
    const followers = range(1, 1_000).map((n) => follow(stream, n % 2 ? 2 : undefined));
    await until(() => {
      for (const { text } of followers) expect(text()).toContain("event: live");
    });
    expect(followers.every(({ ids }) => ids().join() === "3,4,5")).toBe(true);
    // Where the hub begins, where those without a position do, and the page that both need.
    expect(read.mock.calls.length).toBeLessThanOrEqual(4);
    for (const { leave } of followers) leave();
  });

  it("tells a reader whose position is gone, and goes on with the oldest", async () => {
    const stream = newStream();
    for (let n = 1; n <= 5; n++) await append(stream, n);
    await log().prune(stream, 3);
    const [pruned, beyond] = [follow(stream, 1), follow(stream, 99)];
    await until(() => {
      for (const { ids } of [pruned, beyond]) expect(ids()).toEqual([4, 5]);
    });
    for (const { text, leave } of [pruned, beyond]) {
      expect(text()).toMatch(/^id: 3\nevent: reset\ndata: {"oldest":4}\n\nid: 4\n/);
      leave();
    }
  });
});
