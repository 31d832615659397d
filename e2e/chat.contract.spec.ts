import { randomUUID } from "node:crypto";
import { base64url, SignJWT } from "jose";
import type { Message, Person } from "../app/(chat)/contract";
import { A, B, expect, test } from "./fixtures";
import { call, connected, newGuest, newRoom, openSocket, type TestSocket } from "./support/guest";
import { readHistory } from "./support/history";

const sockets: TestSocket[] = [];
test.afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

async function connect(base: string, token: string, options?: object): Promise<TestSocket> {
  const socket = openSocket(base, { token }, options);
  sockets.push(socket);
  expect(await connected(socket)).toBeNull();
  return socket;
}

const problem = (status: number, slug: string) => ({
  ok: false,
  problem: expect.objectContaining({
    status,
    type: `/problems/${slug}`,
    detail: expect.any(String),
  }),
});

test.describe("session", () => {
  test("begins, names, renames, says who, and ends", async ({ request }) => {
    const begun = await request.post("/api/session", { data: { name: "  Ada   " } });
    expect(begun.status()).toBe(201);
    const cookie = begun.headers()["set-cookie"];
    expect(cookie).toMatch(/^session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    const { userId, name, token } = await begun.json();
    expect({ name, token }).toEqual({ name: "Ada", token: undefined });
    const again = await request.post("/api/session", { data: {} });
    expect([again.status(), (await again.json()).userId]).toEqual([200, userId]);
    const renamed = await request.post("/api/session", { data: { name: "Grace" } });
    expect(await renamed.json()).toMatchObject({ userId, name: "Grace" });
    expect(await (await request.get("/api/session")).json()).toMatchObject({
      userId,
      name: "Grace",
    });
    expect((await request.delete("/api/session")).status()).toBe(204);
    expect((await request.get("/api/session")).status()).toBe(401);
  });

  test("answers bad input with a problem that says what to do", async () => {
    const post = (body: string, headers = {}) =>
      call("/api/session", { method: "POST", body, headers });
    const cases: [Promise<Response>, number, string][] = [
      [post("{"), 400, "invalid-json"],
      [post('{"name":""}'), 400, "invalid-body"],
      [post('{"name":"a\\u202eb"}'), 400, "invalid-body"],
      [post('{"name":"\\u0000"}'), 400, "invalid-body"],
      [post(`{"name":"${"x".repeat(41)}"}`), 400, "invalid-body"],
      [post('{"userId":"somebody"}'), 400, "invalid-body"],
      [post("{}", { "content-type": "text/plain" }), 415, "unsupported-media-type"],
      [post(JSON.stringify({ name: "x".repeat(70_000) })), 413, "too-large"],
      [post("{}", { origin: "http://evil.example" }), 403, "foreign-origin"],
      [call("/api/session"), 401, "unauthorized"],
      [call("/api/nothing/here"), 404, "not-found"],
      [call("/api/session", { method: "PATCH" }), 405, "method-not-allowed"],
    ];
    for (const [answer, status, slug] of cases) {
      const response = await answer;
      expect([response.status, slug]).toEqual([status, slug]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({
        type: `/problems/${slug}`,
        status,
        title: expect.any(String),
        detail: expect.any(String),
        requestId: response.headers.get("x-request-id"),
      });
      if (status === 405)
        expect(response.headers.get("allow")).toBe("GET, HEAD, POST, DELETE, OPTIONS");
    }
  });

  test("refuses every bad token in one same way, on HTTP and on the socket", async () => {
    const { token } = await newGuest();
    const [head = "", body = "", signature = ""] = token.split(".");
    const claims = JSON.parse(new TextDecoder().decode(base64url.decode(body)));
    const none = base64url.encode('{"alg":"none"}');
    const wrongKey = new TextEncoder().encode("another secret of more than 32 characters");
    const signed = (changes: object) =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: "HS256" }).sign(wrongKey);
    const forged = {
      "alg none": `${none}.${body}.`,
      "alg none, signature kept": `${none}.${body}.${signature}`,
      "body changed": `${head}.${base64url.encode(JSON.stringify({ ...claims, sub: randomUUID() }))}.${signature}`,
      "signature cut": `${head}.${body}.${signature.slice(0, -2)}`,
      "another key": await signed({}),
      "another audience": await signed({ aud: "elsewhere" }),
      expired: await signed({ exp: 1 }),
      "not yet valid": await signed({ nbf: claims.exp }),
      "no token at all": "",
      garbage: "x".repeat(5_000),
    };
    const answers = new Set<string>();
    for (const bad of Object.values(forged)) {
      const socket = openSocket(A, { token: bad });
      sockets.push(socket);
      answers.add(JSON.stringify(await connected(socket)));
      const response = await call("/api/session", { headers: { authorization: `Bearer ${bad}` } });
      expect(response.status).toBe(401);
    }
    expect([...answers].map((answer) => JSON.parse(answer))).toEqual([
      { message: "unauthorized", problem: expect.objectContaining({ status: 401 }) },
    ]);
  });

  test("takes no token from the query, and no socket from a foreign page", async () => {
    const { token } = await newGuest();
    for (const options of [
      { query: { token } },
      { auth: { token }, extraHeaders: { origin: "http://evil.example" } },
      { auth: { token }, extraHeaders: { origin: "http://evil.example" }, transports: ["polling"] },
      { auth: { token }, extraHeaders: { origin: "null" } },
    ]) {
      const socket = openSocket(A, {}, options);
      sockets.push(socket);
      expect(await connected(socket)).not.toBeNull();
    }
    const socket = openSocket(A, { token }, { extraHeaders: { origin: A } });
    sockets.push(socket);
    expect(await connected(socket)).toBeNull();
  });

  test("logged out on A, its sockets on B end within a second, and only they", async () => {
    const [leaving, staying] = [await newGuest("Leaving"), await newGuest("Staying")];
    const onB = await connect(B, leaving.token);
    const onA = await connect(A, leaving.token);
    const other = await connect(B, staying.token);
    const ends = [onA, onB].map(
      (socket) => new Promise((resolve) => socket.once("bye", ({ reason }) => resolve(reason))),
    );
    const closed = [onA, onB].map((s) => new Promise((resolve) => s.once("disconnect", resolve)));
    const begun = Date.now();
    expect((await call("/api/session", { method: "DELETE", guest: leaving })).status).toBe(204);
    expect(await Promise.all(ends)).toEqual(["logged out", "logged out"]);
    await Promise.all(closed);
    expect(Date.now() - begun).toBeLessThan(1_000);
    expect(other.connected).toBe(true);
    // The token is of no use any more, anywhere.
    for (const base of [A, B]) {
      expect((await call("/api/session", { guest: leaving, base })).status).toBe(401);
      const again = openSocket(base, { token: leaving.token });
      sockets.push(again);
      expect(await connected(again)).toMatchObject({ message: "unauthorized" });
    }
  });
});

test.describe("rooms", () => {
  test("a message reaches every instance once, and is acknowledged with its place", async () => {
    const [ada, bob] = [await newGuest("Ada"), await newGuest("Bob")];
    const room = await newRoom(ada);
    const [a, b] = [await connect(A, ada.token), await connect(B, bob.token)];
    const seen: Message[] = [];
    b.on("messages", ({ messages }) => seen.push(...messages));
    expect(await a.emitWithAck("join", { room: room.name })).toMatchObject({ ok: true, seq: 0 });
    expect(await b.emitWithAck("join", { room: room.name })).toMatchObject({ ok: true, seq: 0 });
    const id = randomUUID();
    const payload = {
      room: room.name,
      id,
      text: "hello \u0645\u0631\u062d\u0628\u0627 👋\nsecond line",
    };
    const first = await a.emitWithAck("send", payload);
    expect(first).toEqual({ ok: true, seq: 1, at: expect.any(String), repeated: false });
    expect(await a.emitWithAck("send", payload)).toEqual({ ...first, repeated: true });
    // Somebody else's message of the same id is another message.
    expect(await b.emitWithAck("send", { ...payload, text: "mine" })).toMatchObject({ seq: 2 });
    await expect
      .poll(() => seen.map(({ seq, text, author }) => [seq, text, author]))
      .toEqual([
        [1, payload.text, { userId: ada.userId, name: "Ada" }],
        [2, "mine", { userId: bob.userId, name: "Bob" }],
      ]);
    expect(await readHistory(bob, room.name, B)).toEqual(seen);
  });

  test("whoever comes back with a position is sent what they missed, then the live ones", async () => {
    const ada = await newGuest("Ada");
    const room = await newRoom(ada);
    const sender = await connect(A, ada.token);
    await sender.emitWithAck("join", { room: room.name });
    const send = (n: number) =>
      sender.emitWithAck("send", { room: room.name, id: randomUUID(), text: `${n}` });
    for (let n = 1; n <= 10; n++) await send(n);
    const reader = await connect(B, ada.token);
    const seen: number[] = [];
    reader.on("messages", ({ messages }) => seen.push(...messages.map(({ seq }) => seq)));
    const live = [11, 12, 13].map(send);
    expect(await reader.emitWithAck("join", { room: room.name, after: 4 })).toMatchObject({
      ok: true,
    });
    await Promise.all(live);
    await expect.poll(() => seen).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13]);
    // A position from another life of the room is told apart.
    const reset = new Promise((resolve) => reader.once("reset", resolve));
    await reader.emitWithAck("join", { room: room.name, after: 9_999 });
    expect(await reset).toEqual({ room: room.name, oldest: 1 });
  });

  test("a private room is not there for anyone but its members", async () => {
    const [ada, bob, eve] = [await newGuest("Ada"), await newGuest("Bob"), await newGuest("Eve")];
    const body = JSON.stringify({ isPrivate: true, title: "Ours" });
    const made = await call("/api/chat/rooms", { method: "POST", guest: ada, body });
    const room = await made.json();
    expect([made.status, room.name]).toEqual([201, expect.stringMatching(/^p-[0-9a-f]{24}$/)]);
    const add = (by: typeof ada, userId: string) =>
      call(`/api/chat/rooms/${room.name}/members`, {
        method: "POST",
        guest: by,
        body: JSON.stringify({ userId }),
      });
    expect((await add(ada, bob.userId)).status).toBe(204);
    expect((await add(ada, bob.userId)).status).toBe(204);
    expect((await add(ada, randomUUID())).status).toBe(404);
    const missing = await (
      await call("/api/chat/rooms/never-made/messages", { guest: eve })
    ).json();
    const hidden = await (
      await call(`/api/chat/rooms/${room.name}/messages`, { guest: eve })
    ).json();
    expect({ ...hidden, requestId: 0 }).toEqual({ ...missing, requestId: 0 });
    expect((await add(eve, eve.userId)).status).toBe(404);
    const [b, e] = [await connect(B, bob.token), await connect(B, eve.token)];
    expect(await b.emitWithAck("join", { room: room.name })).toMatchObject({ ok: true });
    expect(await e.emitWithAck("join", { room: room.name })).toEqual(
      await e.emitWithAck("join", { room: "never-made" }),
    );
    const rooms = async (guest: typeof ada) =>
      (await (await call("/api/chat/rooms", { guest })).json()).rooms.map(
        (r: { name: string }) => r.name,
      );
    expect(await rooms(bob)).toContain(room.name);
    expect(await rooms(eve)).not.toContain(room.name);
  });

  test("presence counts people, not tabs, on every instance", async () => {
    const [ada, bob] = [await newGuest("Ada"), await newGuest("Bob")];
    const room = await newRoom(ada);
    const watcher = await connect(B, bob.token);
    let present: Person[] = [];
    watcher.on("presence", ({ people }) => {
      present = people;
    });
    await watcher.emitWithAck("join", { room: room.name });
    const tabs = [
      await connect(A, ada.token),
      await connect(A, ada.token),
      await connect(B, ada.token),
    ];
    for (const tab of tabs) await tab.emitWithAck("join", { room: room.name });
    const names = () => present.map(({ name }) => name);
    await expect.poll(names).toEqual(["Ada", "Bob"]);
    tabs[0]?.disconnect();
    tabs[2]?.disconnect();
    const typed = new Promise((resolve) => watcher.once("typing", resolve));
    await tabs[1]?.emitWithAck("typing", { room: room.name, typing: true });
    expect(await typed).toEqual({ room: room.name, userId: ada.userId, name: "Ada", typing: true });
    expect(names()).toEqual(["Ada", "Bob"]);
    await tabs[1]?.emitWithAck("leave", { room: room.name });
    await expect.poll(names).toEqual(["Bob"]);
  });

  test("whatever is wrong with a payload is said in the ack, and the process lives", async () => {
    const ada = await newGuest("Ada");
    const room = (await newRoom(ada)).name;
    const socket = await connect(A, ada.token);
    const id = randomUUID();
    const ask = (event: string, ...args: unknown[]) =>
      socket.timeout(2_000).emitWithAck(...([event, ...args] as never as ["leave", never]));
    expect(await ask("send", { room, id, text: "x" })).toEqual(problem(404, "not-found"));
    await ask("join", { room });
    const bad: [string, ...unknown[]][] = [
      ["send", null],
      ["send"],
      ["send", "text"],
      ["send", []],
      ["send", { room, id: "1", text: "x" }],
      ["send", { room, id, text: "" }],
      ["send", { room, id, text: "\u0000" }],
      ["send", { room, id, text: "\ud800" }],
      ["send", { room, id, text: "x".repeat(4_001) }],
      ["send", { room, id, text: "x", userId: randomUUID() }],
      ["send", { room, id, text: "x", author: { userId: id, name: "Root" } }],
      ["join", { room: "../etc" }],
      ["join", { room, after: -1 }],
      ["join", { room, after: 1.5 }],
      ["join", { room: "Lobby" }],
      ["typing", { room, typing: "yes" }],
      ["send", Buffer.from("binary")],
    ];
    for (const [event, ...args] of bad)
      expect([args, await ask(event, ...args)]).toEqual([args, problem(400, "invalid-payload")]);
    expect(await ask("no-such-event", {})).toEqual(problem(400, "unknown-event"));
    expect(await ask("constructor", {})).toEqual(problem(400, "unknown-event"));
    socket.send("an event that is not ours");
    Reflect.apply(socket.emit, socket, [
      "send",
      { room, id: randomUUID(), text: "no ack asked for" },
    ]);
    await expect
      .poll(async () => (await readHistory(ada, room)).map(({ text }) => text))
      .toEqual(["no ack asked for"]);
  });

  test("a flood is told how long to wait, and the wait suffices", async () => {
    const ada = await newGuest("Ada");
    const room = (await newRoom(ada)).name;
    const [one, two] = [await connect(A, ada.token), await connect(A, ada.token)];
    for (const socket of [one, two]) await socket.emitWithAck("join", { room });
    const send = (socket: TestSocket) =>
      socket.emitWithAck("send", { room, id: randomUUID(), text: "x" });
    // Two sockets of one user do not double the rate.
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => send(i % 2 ? one : two)),
    );
    const stored = answers.filter(({ ok }) => ok).length;
    expect(stored).toBeGreaterThanOrEqual(20);
    expect(stored).toBeLessThanOrEqual(22);
    const refused = answers.findLast((answer) => !answer.ok);
    expect(refused).toEqual(problem(429, "too-fast"));
    const { retryAfterMs } = (refused as unknown as { problem: { retryAfterMs: number } }).problem;
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    expect(await send(one)).toMatchObject({ ok: true });
  });

  test("the namespace / takes nobody, and a connection that stays there ends", async () => {
    // By hand: Socket.IO's own client leaves by itself once it is refused.
    const socket = new WebSocket(`${A.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const packets: string[] = [];
    socket.onmessage = ({ data }) => {
      packets.push(data);
      if (data.startsWith("0{")) socket.send("40");
    };
    // The server's time for joining a namespace is 10 s.
    await new Promise((resolve) => {
      socket.onclose = resolve;
    });
    expect(packets).toContain('44{"message":"there is nothing here"}');
  });

  test("an oversized frame ends its connection, and no other", async () => {
    const ada = await newGuest("Ada");
    const [big, small] = [await connect(A, ada.token), await connect(A, ada.token)];
    const ended = new Promise((resolve) => big.once("disconnect", resolve));
    Reflect.apply(big.emit, big, ["send", { text: "x".repeat(70_000) }]);
    expect(await ended).toMatch(/transport (close|error)/);
    const answer = await small.emitWithAck("send", {
      room: "lobby",
      id: randomUUID(),
      text: "x".repeat(60_000),
    });
    expect(answer).toEqual(problem(400, "invalid-payload"));
  });

  test("the eleventh connection of a guest is refused, until one of the ten ends", async () => {
    const ada = await newGuest("Ada");
    const ten: TestSocket[] = [];
    for (let n = 0; n < 10; n++) ten.push(await connect(A, ada.token));
    const eleventh = openSocket(A, { token: ada.token });
    sockets.push(eleventh);
    expect(await connected(eleventh)).toMatchObject({
      problem: { status: 429, detail: expect.stringContaining("10") },
    });
    ten[0]?.disconnect();
    await expect
      .poll(async () => {
        const socket = openSocket(A, { token: ada.token });
        sockets.push(socket);
        return connected(socket);
      })
      .toBeNull();
  });
});

test.describe("history", () => {
  test("pages newest first along Link, and names what is wrong with a parameter", async () => {
    const ada = await newGuest("Ada");
    const room = (await newRoom(ada)).name;
    const socket = await connect(A, ada.token);
    await socket.emitWithAck("join", { room });
    for (let n = 0; n < 12; n++)
      await socket.emitWithAck("send", { room, id: randomUUID(), text: `${n}` });
    const get = (query: string, guest = ada) =>
      call(`/api/chat/rooms/${room}/messages${query}`, { guest });
    const first = await get("?limit=5");
    const seqs = async (response: Response) =>
      ((await response.json()) as { messages: Message[] }).messages.map(({ seq }) => seq);
    expect(first.headers.get("link")).toBe(
      `</api/chat/rooms/${room}/messages?before=8&limit=5>; rel="next"`,
    );
    expect(await seqs(first)).toEqual([12, 11, 10, 9, 8]);
    const last = await get("?before=3&limit=5");
    expect([await seqs(last), last.headers.get("link")]).toEqual([[2, 1], null]);
    expect((await readHistory(ada, room)).map(({ seq }) => seq)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    for (const value of [
      "0",
      "-1",
      "101",
      "1e2",
      "0x10",
      "NaN",
      "1.5",
      "",
      "9007199254740993",
      "1&limit=2",
    ]) {
      const response = await get(`?limit=${value}`);
      expect([value, response.status]).toEqual([value, 400]);
      expect((await response.json()).errors[0].field).toBe("limit");
    }
    expect((await call(`/api/chat/rooms/${room}/messages`)).status).toBe(401);
    expect((await get("?before=abc")).status).toBe(400);
    expect((await call("/api/chat/rooms/%00/messages", { guest: ada })).status).toBe(404);
  });
});
