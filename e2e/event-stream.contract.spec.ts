import { randomInt, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { eventLimits } from "../app/(event-stream)/contract";
import { createProxy } from "../lib/proxy.fixture";
import { A, B, expect, test } from "./fixtures";
import { call, newGuest } from "./support/guest";
import {
  type EventReading,
  idsOf,
  metric,
  type OpenOptions,
  openEvents,
  publish,
  publishRaw,
} from "./support/sse";

const readings: EventReading[] = [];
test.afterEach(() => {
  for (const reading of readings.splice(0)) reading.close();
});

async function open(guest: Awaited<ReturnType<typeof newGuest>>, options?: OpenOptions) {
  const reading = await openEvents(guest, options);
  readings.push(reading);
  return reading;
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);
/** Whether a stream ends within a moment. */
const ended = (reading: EventReading) =>
  Promise.race([reading.over.then(() => true), delay(5, false)]);
const named = (reading: EventReading, name: string) =>
  reading.events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));

test.describe("the stream", () => {
  test("has its headers and its first byte at once, and its frames byte for byte", async () => {
    const ada = await newGuest();
    const [first, second] = [await publish(ada, { n: 1 }), await publish(ada, "ü\u2028\r\n")];
    const reading = await open(ada, { lastEventId: "0" });
    expect(reading.status).toBe(200);
    expect(reading.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      incremental: "?1",
    });
    expect(reading.headers["content-encoding"]).toBeUndefined();
    await expect.poll(() => named(reading, "live")).toHaveLength(1);
    const third = await publish(ada, null, { type: "alert" });
    await expect.poll(() => idsOf(reading.events)).toEqual([1, 2, 3]);
    const text = reading.text().replace(/retry: \d+/, "retry: ?");
    expect(text).toBe(
      [
        ": A\n\nretry: ?\n\n",
        `id: 1\nevent: note\ndata: {"at":"${first.at}","payload":{"n":1}}\n\n`,
        `id: 2\nevent: note\ndata: {"at":"${second.at}","payload":"ü\u2028\\r\\n"}\n\n`,
        `event: live\ndata: {"position":2,"replayed":2}\n\n`,
        `id: 3\nevent: alert\ndata: {"at":"${third.at}","payload":null}\n\n`,
      ].join(""),
    );
    const retry = Number(/retry: (\d+)/.exec(reading.text())?.[1]);
    expect(retry).toBeGreaterThanOrEqual(1_000);
    expect(retry).toBeLessThan(3_000);
  });

  test("begins with the last 20, and names its position even before the first event", async () => {
    const ada = await newGuest();
    const empty = await open(ada);
    await expect.poll(() => named(empty, "live")).toEqual([{ position: 0, replayed: 0 }]);
    expect([empty.lastEventId(), empty.text()]).toEqual([
      "0",
      expect.stringContaining("id: 0\n\n"),
    ]);
    for (let n = 1; n <= 25; n++) await publish(ada, n);
    await expect.poll(() => idsOf(empty.events)).toEqual(range(1, 25));
    const late = await open(ada, { base: B });
    await expect.poll(() => idsOf(late.events)).toEqual(range(6, 25));
  });

  test("is published on A and read on B, each event once, at the seam as well", async () => {
    const ada = await newGuest();
    for (let n = 1; n <= 100; n++) await publish(ada, n);
    const publishing = Promise.all(range(101, 200).map((n) => publish(ada, n)));
    const opened = [20, 70, 100].map((after) =>
      open(ada, { base: B, path: `/api/events/me?after=${after}` }),
    );
    const streams = await Promise.all(opened);
    await publishing;
    await expect
      .poll(() => streams.map(({ events }) => idsOf(events)))
      .toEqual([range(21, 200), range(71, 200), range(101, 200)]);
  });

  test("resumes at any byte at which it is cut, on either instance", async () => {
    const ada = await newGuest();
    const total = 120;
    const stored = [];
    for (let n = 1; n <= total; n++) stored.push(await publish(ada, { n, text: "é😀".repeat(n) }));
    const proxies = [await createProxy(A), await createProxy(B)];
    const seen: { id: string; event: string; data: string }[] = [];
    let position = "0";
    let cuts = 0;
    for (; cuts < 200 && idsOf(seen).length < total; cuts++) {
      const proxy = proxies[cuts % 2] as (typeof proxies)[number];
      // At least 30 cuts: most of them early, so that they fall into heads and first frames, too.
      proxy.cutAfter(randomInt(1, cuts < 30 ? 1_500 : 20_000));
      const reading = await openEvents(ada, { base: proxy.url, lastEventId: position }).catch(
        () => null,
      );
      if (!reading) continue;
      // What is cut ends by itself; what came through is left once there is nothing more to come.
      while (named(reading, "live").length === 0 && !(await ended(reading)));
      reading.close();
      seen.push(...reading.events);
      position = reading.lastEventId() || position;
    }
    for (const proxy of proxies) await proxy.close();
    expect(cuts).toBeGreaterThanOrEqual(30);
    const own = seen.filter(({ event }) => event === "note");
    expect(own.map(({ id }) => Number(id))).toEqual(range(1, total));
    expect(own.map(({ data }) => JSON.parse(data))).toEqual(
      stored.map(({ at }, n) => ({ at, payload: { n: n + 1, text: "é😀".repeat(n + 1) } })),
    );
  });

  test("answers a position that is pruned, or beyond the end, with a reset", async () => {
    test.slow();
    const ada = await newGuest();
    const total = eventLimits.kept * 2;
    for (let n = 0; n < total; n += 100)
      await Promise.all(range(1, 100).map(() => publish(ada, n)));
    await expect
      .poll(async () => {
        const reading = await open(ada, { lastEventId: "5" });
        await expect.poll(() => named(reading, "live")).toHaveLength(1);
        reading.close();
        return [named(reading, "reset"), idsOf(reading.events).at(0), idsOf(reading.events).at(-1)];
      })
      .toEqual([[{ oldest: total / 2 + 1 }], total / 2 + 1, total]);
    const beyond = await open(ada, { lastEventId: "999999" });
    await expect.poll(() => named(beyond, "reset")).toEqual([{ oldest: total / 2 + 1 }]);
    // The reset's own id is where the reader now is: a cut right after it does not repeat it.
    expect(beyond.events[0]).toMatchObject({ event: "reset", id: String(total / 2) });
  });

  test("refuses a malformed position, and takes Last-Event-ID before ?after=", async () => {
    const ada = await newGuest();
    for (const lastEventId of ["abc", "-1", "1.5", "1e2", "0x1", "1, 2", "9007199254740993"]) {
      const reading = await open(ada, { lastEventId });
      expect([lastEventId, reading.status]).toEqual([lastEventId, 400]);
      expect(reading.headers["content-type"]).toBe("application/problem+json");
    }
    for (const query of ["after=x", "after=-1", "after=", "after=1&after=2"])
      expect((await open(ada, { path: `/api/events/me?${query}` })).status).toBe(400);
    for (let n = 1; n <= 3; n++) await publish(ada, n);
    const reading = await open(ada, { path: "/api/events/me?after=0", lastEventId: "2" });
    await expect.poll(() => idsOf(reading.events)).toEqual([3]);
  });

  test("of another user is not there, like that of nobody", async () => {
    const [ada, eve] = [await newGuest(), await newGuest()];
    const answer = async (id: string) => {
      const response = await call(`/api/events/${id}`, { guest: eve });
      return { status: response.status, body: { ...(await response.json()), requestId: 0 } };
    };
    const hers = await answer(ada.userId);
    expect(hers.status).toBe(404);
    for (const id of [randomUUID(), "nobody", "%00", "..%2f"])
      expect(await answer(id)).toEqual(hers);
    expect((await open(eve, { path: `/api/events/${eve.userId}` })).status).toBe(200);
    expect((await call("/api/events/me")).status).toBe(401);
    const head = await call("/api/events/me", { method: "HEAD", guest: eve });
    expect([head.status, head.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    const post = await call("/api/events/me", { method: "POST", guest: eve, body: "{}" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });
});

test.describe("its end", () => {
  test("comes with a logout on the other instance, is said, and 204 keeps it ended", async () => {
    const [leaving, staying] = [await newGuest(), await newGuest()];
    await publish(leaving, 1);
    const [onB, other] = [await open(leaving, { base: B }), await open(staying, { base: B })];
    await expect.poll(() => named(onB, "live")).toHaveLength(1);
    const begun = Date.now();
    expect((await call("/api/session", { method: "DELETE", guest: leaving })).status).toBe(204);
    await onB.over;
    expect(Date.now() - begun).toBeLessThan(1_000);
    expect(onB.events.at(-1)).toEqual({ id: "1", event: "end", data: '{"reason":"logged out"}' });
    for (const base of [A, B]) {
      expect((await open(leaving, { base, lastEventId: "1" })).status).toBe(204);
      expect((await open(leaving, { base })).status).toBe(401);
    }
    expect(named(other, "end")).toEqual([]);
  });

  test("of one of ten streams makes room for another", async () => {
    const ada = await newGuest();
    const ten = await Promise.all(range(1, 10).map(() => open(ada)));
    expect(ten.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const eleventh = await call("/api/events/me", { guest: ada });
    expect(eleventh.status).toBe(429);
    expect(Number(eleventh.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await eleventh.json()).toMatchObject({ type: "/problems/too-many-streams" });
    // Another instance counts its own.
    expect((await open(ada, { base: B })).status).toBe(200);
    ten[0]?.close();
    await expect.poll(async () => (await open(ada)).status).toBe(200);
  });

  test("leaves nothing behind, at whatever moment 500 readers go", async () => {
    test.slow();
    const guests = await Promise.all(range(1, 10).map(() => newGuest()));
    const before = await metric("open_streams");
    const ask = (token: string, ms: number | null) =>
      new Promise<void>((resolve) => {
        const { hostname, port } = new URL(A);
        const socket = connect(Number(port), hostname);
        socket.on("error", () => {}).once("close", () => resolve());
        const request = `GET /api/events/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
        socket.write(request, () => ms === null && socket.destroy());
        if (ms !== null) setTimeout(() => socket.destroy(), ms);
      });
    for (let round = 0; round < 10; round++)
      await Promise.all(
        range(0, 49).map((n) => {
          const { token } = guests[n % 10] as (typeof guests)[number];
          // A third before the first byte, a third around it, a third in the middle.
          return ask(token, n % 3 === 0 ? null : n % 3 === 1 ? randomInt(1, 20) : 60);
        }),
      );
    await expect
      .poll(() => metric("open_streams"), { timeout: 10_000 })
      .toBeLessThanOrEqual(before);
    // And exactly: each of them may open ten again.
    for (const guest of guests.slice(0, 3)) {
      const again = await Promise.all(range(1, 10).map(() => open(guest)));
      expect(again.map(({ status }) => status)).toEqual(Array(10).fill(200));
    }
  });

  test("comes for a reader that does not read, which then misses nothing", async () => {
    test.slow();
    const ada = await newGuest();
    const slow = await metric("stream_slow_readers_total");
    const { hostname, port } = new URL(A);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.pause();
    socket.write(
      `GET /api/events/me?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada.token}\r\n\r\n`,
    );
    const payload = "x".repeat(eventLimits.payloadBytes - 2);
    let count = 0;
    await expect
      .poll(
        async () => {
          await Promise.all(range(1, 50).map(() => publish(ada, payload)));
          count += 50;
          return metric("stream_slow_readers_total");
        },
        { timeout: 60_000, intervals: [0] },
      )
      .toBeGreaterThan(slow);
    socket.destroy();
    const reading = await open(ada, { lastEventId: "0" });
    await expect.poll(() => idsOf(reading.events), { timeout: 15_000 }).toEqual(range(1, count));
  });
});

test.describe("publishing", () => {
  test("answers 201 with the place of the event", async () => {
    const ada = await newGuest();
    const response = await publishRaw(ada, { type: "order.placed", payload: { total: 12.5 } });
    expect([response.status, response.headers.get("location")]).toEqual([
      201,
      "/api/events/me?after=0",
    ]);
    expect(await response.json()).toEqual({ id: 1, type: "order.placed", at: expect.any(String) });
  });

  test("repeats the answer for a repeated key, and refuses it for another event", async () => {
    const ada = await newGuest();
    const key = randomUUID();
    const body = { type: "note", payload: { n: 1 } };
    const send = (value: string, event: unknown = body, base = A) =>
      publishRaw(ada, event, { "idempotency-key": value }, base);
    const first = await send(`"${key}"`);
    const text = await first.text();
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([201, null]);
    for (const again of [await send(`"${key}"`), await send(key, body, B)]) {
      expect([again.status, await again.text()]).toEqual([201, text]);
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      expect(again.headers.get("location")).toBe(first.headers.get("location"));
    }
    const other = await send(key, { ...body, payload: { n: 2 } });
    expect([other.status, (await other.json()).type]).toEqual([
      422,
      "/problems/idempotency-key-reused",
    ]);
    // Twenty at once are one.
    const together = randomUUID();
    const answers = await Promise.all(range(1, 20).map((n) => send(together, body, n % 2 ? A : B)));
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).id));
    expect(new Set(ids)).toEqual(new Set([2]));
    // Another user's key is another key.
    const eve = await newGuest();
    expect(
      (await publishRaw(eve, { type: "alert", payload: 1 }, { "idempotency-key": key })).status,
    ).toBe(201);
  });

  test("says what is wrong with an event", async () => {
    const ada = await newGuest();
    const deep = (n: number) => `{"type":"note","payload":${"[".repeat(n)}${"]".repeat(n)}}`;
    const cases: [unknown, HeadersInit, number, string][] = [
      ["{", {}, 400, "invalid-json"],
      [{ type: "note" }, {}, 400, "invalid-body"],
      [{ type: "end", payload: 1 }, {}, 400, "invalid-body"],
      [{ type: "note\ndata: forged", payload: 1 }, {}, 400, "invalid-body"],
      [{ type: "note", payload: 1, id: 9 }, {}, 400, "invalid-body"],
      [deep(33), {}, 400, "too-deep"],
      [deep(30_000), {}, 400, "too-deep"],
      [{ type: "note", payload: "x".repeat(16_383) }, {}, 413, "too-large"],
      [{ type: "note", payload: "x".repeat(70_000) }, {}, 413, "too-large"],
      [
        { type: "note", payload: 1 },
        { "content-type": "text/plain" },
        415,
        "unsupported-media-type",
      ],
      [{ type: "note", payload: 1 }, { "idempotency-key": '""' }, 400, "invalid-idempotency-key"],
      [{ type: "note", payload: 1 }, { origin: "http://evil.example" }, 403, "foreign-origin"],
    ];
    for (const [body, headers, status, slug] of cases) {
      const response = await publishRaw(ada, body, headers);
      expect([response.status, (await response.json()).type]).toEqual([
        status,
        `/problems/${slug}`,
      ]);
    }
    expect((await publishRaw(ada, deep(32))).status).toBe(201);
    expect((await publishRaw(ada, { type: "note", payload: "x".repeat(16_382) })).status).toBe(201);
    const nobody = await call("/api/events", { method: "POST", body: "{}" });
    expect(nobody.status).toBe(401);
  });
});
