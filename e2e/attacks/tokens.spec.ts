import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { decodeJwt } from "jose";
import { operations } from "../../app/operations";
import { A, B, expect, test } from "../fixtures";
import { care, clearAway, seedsFor } from "../openapi/care";
import { readDocument } from "../openapi/document";
import { allowed, send, type Wanted } from "../openapi/requests";
import { alike } from "../support/alike";
import { everythingOf, makeBelongings } from "../support/belongings";
import { forgeriesOf, genuine } from "../support/forgeries";
import { call, connected, newGuest, openSocket, type TestSocket } from "../support/guest";

const needing = operations.filter(({ session }) => session === "required");
/** Counted by address where there is no session: asked once, so that nobody beside is refused. */
const once = (counted: true | undefined, all: string[]) => (counted ? all.slice(0, 1) : all);

const sockets: TestSocket[] = [];
test.afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
function open(base: string, auth: object, namespace?: string, options?: object): TestSocket {
  const socket = openSocket(base, auth, options, namespace);
  sockets.push(socket);
  return socket;
}

/** What an operation says to a token: nothing else of the request has to be right for a refusal. */
async function askWith(token: string | undefined, one: (typeof operations)[number], base = A) {
  const headers = new Headers();
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const path = one.path.replace("{version}", "v2").replace(/\{\w+\}/g, "none");
  const response = await call(path, { method: one.method.toUpperCase(), base, headers });
  return alike(response, []);
}

test("a forged token is none, for every operation and every socket", async () => {
  const { token } = await newGuest("Forged");
  const forgeries = await forgeriesOf(token);
  expect((await askWith(await genuine(token), bySession("get"))).status).toBe(200);
  for (const one of needing) {
    const nobody = await askWith(undefined, one);
    expect(nobody.status, one.operationId).toBe(401);
    const faults = once(one.counted, Object.keys(forgeries));
    const answers = await Promise.all(faults.map((fault) => askWith(forgeries[fault], one)));
    for (const [n, answer] of answers.entries())
      expect(answer, `${one.operationId}: ${faults[n]}`).toEqual(nobody);
  }
  for (const [fault, forged] of Object.entries(forgeries)) {
    const cookie = await call("/api/session", { headers: { cookie: `session=${forged}` } });
    expect(cookie.status, fault).toBe(401);
    for (const namespace of ["/chat", "/realtime"]) {
      expect(await connected(open(A, { token: forged }, namespace)), fault).toMatchObject({
        ...{ message: "unauthorized", problem: { status: 401 } },
      });
      const extraHeaders = { cookie: `session=${forged}` };
      expect(await connected(open(A, {}, namespace, { extraHeaders })), fault).not.toBeNull();
    }
  }
});

const bySession = (method: string) =>
  operations.find((one) => one.path === "/api/session" && one.method === method) ??
  (operations[0] as (typeof operations)[number]);

test("a user's id in the query, a header, a cookie, a body or a payload decides nothing", async () => {
  const api = await readDocument();
  const [owner, other] = [await newGuest("Owner"), await newGuest("Mallory")];
  const has = await makeBelongings(owner);
  const before = await everythingOf(owner, has);
  const { userId } = owner;
  const claim = { userId, user_id: userId, user: userId, owner: userId, sub: userId };
  const headers = { "x-user-id": userId, "x-forwarded-user": userId, "x-remote-user": userId };
  const cookie = `userId=${userId}; user=${userId}`;

  const skipped = ["endSession", "pullPlug", "killInstance"];
  for (const one of needing.filter(({ operationId }) => !skipped.includes(operationId))) {
    const operation = api.document.paths[one.path]?.[one.method];
    if (!operation) throw new Error(`${one.operationId} is not in the document`);
    const { tame = (wanted: Wanted) => wanted } = care[one.operationId] ?? {};
    const seeds = await seedsFor(one.method, one.path, other);
    const sample = fc.sample(allowed(api, operation, seeds).map(tame), { numRuns: 1, seed: 7 });
    const { query, headers: own, body, ...rest } = sample[0] as Wanted;
    const value =
      body && Object(body.value) === body.value ? { ...Object(body.value), ...claim } : body?.value;
    const response = await send(
      ...([A, one.method, one.path] as const),
      {
        ...rest,
        query: { ...claim, ...query },
        headers: { ...own, ...headers, cookie },
        ...(body && { body: { ...body, value } }),
      },
      other.token,
    );
    expect(response.status, one.operationId).not.toBe(401);
    const text = await alike(response, []);
    expect(JSON.stringify(text), one.operationId).not.toContain(userId);
  }
  expect(await everythingOf(owner, has)).toEqual(before);

  const socket = open(A, { token: other.token, ...claim }, "/chat", { query: claim });
  const hello = new Promise((resolve) => socket.once("hello", resolve));
  expect(await connected(socket)).toBeNull();
  expect(await hello).toMatchObject({ userId: other.userId });
  for (const event of ["join", "leave", "send", "typing", "measure"] as const) {
    const given = { room: "lobby", typing: true, ...claim };
    expect(await socket.emitWithAck(event, given as never), event).toMatchObject({
      ...{ ok: false, problem: { type: "/problems/invalid-payload" } },
    });
  }
  await clearAway(owner);
  await clearAway(other);
});

test("a session that was logged out is refused everywhere, and what it has open ends", async () => {
  const guest = await newGuest("Leaver");
  const { token } = guest;
  const farewells = ["/chat", "/realtime"].map(async (namespace) => {
    const socket = open(B, { token }, namespace);
    const bye = new Promise((resolve) => socket.once("bye", resolve));
    expect(await connected(socket)).toBeNull();
    return bye;
  });
  const paths = ["/api/events/me", "/api/jobs/events", "/api/realtime/sse"];
  const streams = await Promise.all(paths.map((path) => call(path, { guest, base: B })));
  const ends = streams.map((stream) => stream.text());
  const run = randomUUID();
  const poll = call(`/api/realtime/long-poll?timeout=25&run=${run}`, { guest, base: B });
  const waiting = async () =>
    (await (await call(`/api/realtime/stats?run=${run}`, { guest, base: B })).json()).lanes;
  await expect.poll(waiting).toMatchObject({ "long-poll": { requests: 1 } });
  // Both connections stand before the session ends.
  for (const socket of sockets) await expect.poll(() => socket.connected).toBe(true);

  const begun = Date.now();
  expect((await call("/api/session", { guest, method: "DELETE" })).status).toBe(204);
  expect(await Promise.all(farewells)).toEqual([
    { reason: "logged out" },
    { reason: "logged out" },
  ]);
  for (const end of await Promise.all(ends)) expect(end).toContain('"logged out"');
  expect((await poll).status).toBe(204);
  expect(Date.now() - begun).toBeLessThan(15_000);

  for (const base of [A, B]) {
    for (const one of needing.filter(({ counted }) => !counted || base === A))
      expect((await askWith(token, one, base)).status, one.operationId).toBe(401);
    for (const namespace of ["/chat", "/realtime"])
      expect(await connected(open(base, { token }, namespace))).toMatchObject({
        problem: { status: 401 },
      });
  }
});

test("who comes with a token that is none is given an id of our making", async () => {
  const { token, userId } = await newGuest("Fixed");
  for (const [fault, forged] of Object.entries(await forgeriesOf(token))) {
    const headers = { cookie: `session=${forged}` };
    const response = await call("/api/session", { method: "POST", body: "{}", headers });
    expect(response.status, fault).toBe(201);
    expect((await response.json()).userId, fault).not.toBe(userId);
    const given = /^session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1] ?? "";
    expect(decodeJwt(given).sid, fault).not.toBe(decodeJwt(token).sid);
  }
});
