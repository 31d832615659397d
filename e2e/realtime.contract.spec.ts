import { randomUUID } from "node:crypto";
import net from "node:net";
import type { Entry } from "../app/(realtime)/contract";
import { A, B, expect, test } from "./fixtures";
import { call, type Guest, newGuest } from "./support/guest";
import {
  api,
  command,
  entriesOf,
  openRealtime,
  type RealtimeSocket,
  readByPoll,
  readStream,
  start,
  statsOf,
  stop,
} from "./support/realtime";

const sockets: RealtimeSocket[] = [];
test.afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

const connect = (auth: object, base = A) => {
  const socket = openRealtime(auth, base);
  sockets.push(socket);
  return socket;
};
const refusalOf = (socket: RealtimeSocket) =>
  new Promise((resolve) =>
    socket.once("connect_error", (error) => resolve((error as { data?: unknown }).data)),
  );

/** A guest whose stream has some entries and rests. */
async function newStream(least = 12): Promise<{ guest: Guest; head: number }> {
  const guest = await newGuest();
  await start(guest);
  await expect.poll(async () => (await statsOf(guest)).head).toBeGreaterThanOrEqual(least);
  return { guest, head: await stop(guest) };
}

test.describe("source", () => {
  test("starts, changes and stops, on whichever instance it is told", async () => {
    const guest = await newGuest();
    expect((await statsOf(guest)).source).toEqual({ running: false, settings: null, ended: null });
    await start(guest, 50, 100, A);
    await expect.poll(async () => (await statsOf(guest, B)).head).toBeGreaterThan(5);
    const changed = await command(guest, { action: "change", rate: 0.2, payloadBytes: 2_000 }, B);
    expect(await changed.json()).toMatchObject({
      running: true,
      settings: { payloadBytes: 2_000 },
    });
    await command(guest, { action: "change", rate: 50, payloadBytes: 2_000 }, B);
    const { head } = await statsOf(guest);
    await expect.poll(async () => (await statsOf(guest)).head).toBeGreaterThan(head + 10);
    const last = await stop(guest, B);
    const entries = await readByPoll(guest, "poll", 0, last);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
    expect(entries[0]?.payload).toHaveLength(100);
    expect(entries.at(-1)?.payload).toHaveLength(2_000);
    expect((await statsOf(guest)).source).toMatchObject({ running: false, ended: "asked" });
    // Once more changes nothing.
    expect(await stop(guest)).toBe(last);
  });

  test("answers bad input with a problem that says what to do", async () => {
    const guest = await newGuest();
    const good = { action: "start", rate: 1, payloadBytes: 64 };
    const origin = { origin: "http://evil.example" };
    const cases: [Promise<Response>, number, string][] = [
      [command(undefined, good), 401, "unauthorized"],
      [command(guest, good, A, origin), 403, "foreign-origin"],
      [command(guest, "{"), 400, "invalid-json"],
      [command(guest, {}), 400, "invalid-body"],
      [command(guest, { ...good, action: "pause" }), 400, "invalid-body"],
      [command(guest, { ...good, rate: 0.1 }), 400, "invalid-body"],
      [command(guest, { ...good, rate: 51 }), 400, "invalid-body"],
      [command(guest, { ...good, rate: "5" }), 400, "invalid-body"],
      [command(guest, { ...good, payloadBytes: 31 }), 400, "invalid-body"],
      [command(guest, { ...good, payloadBytes: 4_097 }), 400, "invalid-body"],
      [command(guest, { ...good, payloadBytes: 64.5 }), 400, "invalid-body"],
      [command(guest, { ...good, userId: randomUUID() }), 400, "invalid-body"],
      [command(guest, { action: "stop", rate: 1 }), 400, "invalid-body"],
      [command(guest, { ...good, action: "change" }), 409, "not-running"],
      [command(guest, "x", A, { "content-type": "text/plain" }), 415, "unsupported-media-type"],
      [call(api("source"), { guest }), 405, "method-not-allowed"],
    ];
    for (const [answer, status, slug] of cases) {
      const response = await answer;
      const body = await response.json();
      expect([response.status, body.type]).toEqual([status, `/problems/${slug}`]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("too many commands are told when to come back", async () => {
    const guest = await newGuest();
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => command(guest, { action: "stop" })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
  });

  test("ends by itself when nobody watches, and not while somebody does on the other instance", async () => {
    test.setTimeout(60_000);
    const [left, watched] = [await newGuest(), await newGuest()];
    await start(left, 5);
    await start(watched, 5);
    connect({ token: watched.token }, B);
    await expect
      .poll(async () => (await statsOf(left)).source, { timeout: 20_000 })
      .toMatchObject({ running: false, ended: "nobody watches" });
    const { head } = await statsOf(left);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect((await statsOf(left)).head).toBe(head);
    expect((await statsOf(watched)).source.running).toBe(true);
  });
});

test.describe("poll", () => {
  test("has the position as its ETag, and 304 for those who have it", async () => {
    const { guest, head } = await newStream();
    const get = (after: number | string, ifNoneMatch?: string) =>
      call(api(`poll?after=${after}`), {
        guest,
        headers: ifNoneMatch ? { "if-none-match": ifNoneMatch } : {},
      });
    const first = await get(2);
    expect([first.status, first.headers.get("etag")]).toEqual([200, `"${head}"`]);
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    const body = await first.json();
    expect(body.position).toBe(head);
    expect(body.entries.map(({ seq }: Entry) => seq)).toEqual(
      Array.from({ length: head - 2 }, (_, i) => i + 3),
    );
    expect(await (await get(2)).text()).toBe(JSON.stringify(body));
    for (const match of [`"${head}"`, `W/"${head}"`, `"1", "${head}"`, "*"]) {
      const same = await get(2, match);
      expect([match, same.status, same.headers.get("etag")]).toEqual([match, 304, `"${head}"`]);
      expect(await same.text()).toBe("");
    }
    expect((await get(2, '"1"')).status).toBe(200);
    // Who is at the end asks with the end.
    expect((await get(head, `"${head}"`)).status).toBe(304);
    expect(await (await get(head)).json()).toEqual({ entries: [], position: head });
  });

  test("tells who asks from beyond the end", async () => {
    const { guest, head } = await newStream();
    for (const kind of ["poll", "long-poll"]) {
      const response = await call(api(`${kind}?after=${head + 1}`), { guest });
      expect(await response.json()).toEqual({ entries: [], position: 0, reset: { oldest: 1 } });
    }
  });

  test("names what is wrong with a parameter, on every lane of HTTP", async () => {
    const guest = await newGuest();
    for (const kind of ["poll", "long-poll", "sse"]) {
      for (const value of ["-1", "1e2", "0x1", "NaN", "1.5", "", "9007199254740993", "1&after=2"]) {
        const response = await call(api(`${kind}?after=${value}`), { guest });
        expect([kind, value, response.status]).toEqual([kind, value, 400]);
        expect((await response.json()).errors[0].field).toBe("after");
      }
      expect((await call(api(`${kind}?run=mine`), { guest })).status).toBe(400);
      expect((await call(api(kind))).status).toBe(401);
    }
    for (const value of ["0", "26", "1.5", "-1", "forever"]) {
      const response = await call(api(`long-poll?timeout=${value}`), { guest });
      expect([value, response.status]).toEqual([value, 400]);
    }
    const bad = await call(api("sse"), { guest, headers: { "last-event-id": "x" } });
    expect(bad.status).toBe(400);
  });
});

test.describe("long poll", () => {
  test("answers at once what is there, and 204 when its time is over", async () => {
    const { guest, head } = await newStream();
    expect(await readByPoll(guest, "long-poll", 0, head)).toEqual(
      await readByPoll(guest, "poll", 0, head),
    );
    const begun = Date.now();
    const response = await call(api(`long-poll?after=${head}&timeout=1`), { guest });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(990);
    expect(Date.now() - begun).toBeLessThan(3_000);
  });

  test("wakes within 100 ms of the append, on either instance", async () => {
    const guest = await newGuest();
    const took: Record<string, number[]> = { [A]: [], [B]: [] };
    const waiting = [A, B].map(async (base) => {
      let position = 0;
      while ((took[base]?.length ?? 0) < 21) {
        const response = await call(api(`long-poll?after=${position}`), { guest, base });
        const { entries, position: next } = await response.json();
        const at = performance.timeOrigin + performance.now();
        for (const { sentAt } of entries) took[base]?.push(at - sentAt);
        position = next;
      }
    });
    await start(guest, 5);
    await Promise.all(waiting);
    await stop(guest);
    for (const times of Object.values(took)) {
      const median = times.toSorted((a, b) => a - b)[10];
      expect(median).toBeLessThan(100);
    }
  });

  test("a guest has ten of them at once, and one more when one has ended", async () => {
    const guest = await newGuest();
    const leave = new AbortController();
    const wait = () => call(api("long-poll?timeout=20"), { guest, signal: leave.signal });
    // Of eleven sent together one is refused, whichever comes last; the ten others stay.
    let answered = 0;
    const eleven = Array.from({ length: 11 }, () => wait().finally(() => answered++));
    const refused = await Promise.race(eleven);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect((await wait()).status).toBe(429);
    expect(answered).toBe(1);
    leave.abort();
    await Promise.allSettled(eleven);
    await expect
      .poll(async () => (await call(api("long-poll?timeout=1"), { guest })).status)
      .toBe(204);
  });
});

test.describe("all lanes", () => {
  test("carry the same entries with the same positions, from either instance", async () => {
    const guest = await newGuest();
    const pushed: Entry[] = [];
    const socket = connect({ token: guest.token, after: 0 }, B);
    socket.on("entries", ({ entries }) => pushed.push(...entries));
    const streaming = readStream(guest, "?after=0", ({ id }) => Number(id) >= 40, { base: B });
    await start(guest);
    const { events } = await streaming;
    const head = await stop(guest);
    const truth = await readByPoll(guest, "poll", 0, head);
    await expect.poll(() => pushed.length).toBe(head);
    expect(pushed).toEqual(truth);
    const streamed = entriesOf(events);
    expect(streamed).toEqual(truth.slice(0, streamed.length));
    expect(await readByPoll(guest, "long-poll", 0, head, B)).toEqual(truth);
  });

  test("go on where the position says: Last-Event-ID outranks the query", async () => {
    const { guest, head } = await newStream();
    const truth = await readByPoll(guest, "poll", 0, head);
    const isLast = ({ id }: { id: string }) => Number(id) === head;
    const byQuery = await readStream(guest, "?after=3", isLast);
    expect(entriesOf(byQuery.events)).toEqual(truth.slice(3));
    const byHeader = await readStream(guest, "?after=3", isLast, {
      headers: { "last-event-id": "7" },
    });
    expect(entriesOf(byHeader.events)).toEqual(truth.slice(7));
    expect(byHeader.response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(byHeader.response.headers.get("cache-control")).toBe("no-cache, no-transform");
    const socket = connect({ token: guest.token, after: 5 });
    const { entries } = await new Promise<{ entries: Entry[] }>((resolve) =>
      socket.once("entries", resolve),
    );
    expect(entries).toEqual(truth.slice(5));
  });

  test("say reset to who comes from beyond the end", async () => {
    const { guest, head } = await newStream();
    const isReset = ({ event }: { event: string }) => event === "reset";
    const { events } = await readStream(guest, `?after=${head + 5}`, isReset);
    expect(events.find(isReset)).toMatchObject({ data: JSON.stringify({ oldest: 1 }) });
    const socket = connect({ token: guest.token, after: head + 5 });
    expect(await new Promise((resolve) => socket.once("reset", resolve))).toEqual({ oldest: 1 });
  });

  test("refuse a socket without session, with a bad position, and the eleventh", async () => {
    const guest = await newGuest();
    expect(await refusalOf(connect({ token: "x" }))).toMatchObject({ status: 401 });
    for (const after of [-1, 1.5, "3", null, 2 ** 60])
      expect(await refusalOf(connect({ token: guest.token, after }))).toMatchObject({
        ...{ status: 400, type: "/problems/invalid-handshake" },
      });
    const ten = Array.from({ length: 10 }, () => connect({ token: guest.token }));
    await Promise.all(ten.map((socket) => new Promise((resolve) => socket.once("hello", resolve))));
    expect(await refusalOf(connect({ token: guest.token }))).toMatchObject({ status: 429 });
    ten[0]?.disconnect();
    const again = connect({ token: guest.token });
    await expect
      .poll(() => {
        if (!again.connected) again.connect();
        return again.connected;
      })
      .toBe(true);
  });
});

test("the bytes of a run are those that crossed the connection, and nobody else's to see", async () => {
  const { guest, head } = await newStream();
  const run = randomUUID();
  const { port, hostname } = new URL(A);
  const socket = net.connect(Number(port), hostname === "localhost" ? "127.0.0.1" : hostname);
  let [sent, received] = [0, 0];
  socket.on("data", (chunk) => {
    received += chunk.length;
  });
  const ask = async (path: string) => {
    const text = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${guest.token}\r\n\r\n`;
    const before = received;
    socket.write(text);
    await expect.poll(() => received).toBeGreaterThan(before);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { in: text.length, out: received - before };
  };
  const one = await ask(api(`poll?after=0&run=${run}`));
  await ask(api(`poll?after=0`));
  const two = await ask(api(`poll?after=${head}&run=${run}`));
  const long = await ask(api(`long-poll?after=1&run=${run}`));
  sent = one.in + two.in;
  socket.destroy();
  const { lanes } = await statsOf(guest, A, run);
  expect(lanes.poll).toEqual({ in: sent, out: one.out + two.out, requests: 2 });
  expect(lanes["long-poll"]).toEqual({ ...long, requests: 1 });
  expect(lanes.sse).toEqual({ in: 0, out: 0, requests: 0 });
  const other = await statsOf(await newGuest(), A, run);
  expect(other.lanes.poll).toEqual({ in: 0, out: 0, requests: 0 });
});
