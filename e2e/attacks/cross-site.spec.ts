import fc from "fast-check";
import { operations } from "../../app/operations";
import { A, B, expect, test } from "../fixtures";
import { care, clearAway, seedsFor } from "../openapi/care";
import { readDocument } from "../openapi/document";
import { allowed, send, type Wanted } from "../openapi/requests";
import { everythingOf, makeBelongings } from "../support/belongings";
import { foreign } from "../support/foreign";
import { call, connected, newGuest, openSocket } from "../support/guest";

test("nothing that changes something is done for a foreign page, whatever the visitor's cookie", async () => {
  test.slow();
  const api = await readDocument();
  const owner = await newGuest("Visitor");
  const has = await makeBelongings(owner);
  const mutations = operations.filter(({ method }) => method !== "get");
  const wanted = new Map<string, Wanted>();
  for (const { method, path, operationId } of mutations) {
    const operation = api.document.paths[path]?.[method];
    if (!operation) throw new Error(`${operationId} is not in the document`);
    const { tame = (one: Wanted) => one } = care[operationId] ?? {};
    const requests = allowed(api, operation, await seedsFor(method, path, owner)).map(tame);
    const [one] = fc.sample(requests, { numRuns: 1, seed: 7 });
    if (one) wanted.set(operationId, one);
  }

  const before = await everythingOf(owner, has);
  for (const { method, path, operationId } of mutations) {
    const asking = Object.entries(foreign).map(async ([whose, says]) => {
      const request = wanted.get(operationId) as Wanted;
      const headers = { ...request.headers, ...says, cookie: `session=${owner.token}` };
      const response = await send(A, method, path, { ...request, headers });
      const what = `${operationId} for ${whose}`;
      expect(response.status, what).toBe(403);
      expect((await response.json()).type, what).toBe("/problems/foreign-origin");
      expect(response.headers.get("set-cookie"), what).toBeNull();
      expect(response.headers.get("access-control-allow-origin"), what).toBeNull();
    });
    await Promise.all(asking);
  }
  expect(await everythingOf(owner, has)).toEqual(before);
  expect((await call("/api/session", { guest: owner })).status).toBe(200);
  await clearAway(owner);
});

test("pages of ours, and programs, are not foreign", async () => {
  const { token } = await newGuest("Visitor");
  for (const says of [
    { origin: A, "sec-fetch-site": "same-origin" },
    { origin: B, "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin" },
    {},
  ]) {
    const headers = { cookie: `session=${token}`, ...says } as Record<string, string>;
    const response = await call("/api/session", { method: "POST", body: "{}", headers });
    expect(response.status, JSON.stringify(says)).toBe(200);
    const socket = openSocket(A, {}, { extraHeaders: headers });
    expect(await connected(socket), JSON.stringify(says)).toBeNull();
    socket.disconnect();
  }
});

test("no socket stands for a foreign page, on either transport", async () => {
  const { token } = await newGuest("Visitor");
  const cookie = `session=${token}`;
  const polling = "/socket.io/?EIO=4&transport=polling";
  const begun = await (await call(polling, { headers: { cookie } })).text();
  const { sid } = JSON.parse(begun.slice(1));

  for (const [whose, says] of Object.entries(foreign)) {
    const headers = { cookie, ...says };
    const response = await call(polling, { headers });
    expect([response.status, await response.json()], whose).toEqual([
      403,
      { code: 4, message: "foreign origin" },
    ]);
    expect(response.headers.get("access-control-allow-origin"), whose).toBeNull();
    const get = await call(`${polling}&sid=${sid}`, { headers });
    expect([get.status, (await get.json()).code], whose).toEqual([400, 3]);
    const post = await call(`${polling}&sid=${sid}`, { method: "POST", body: "40/chat,", headers });
    expect(post.status, whose).toBe(400);
    for (const auth of [{}, { token }]) {
      const socket = openSocket(A, auth, { extraHeaders: headers });
      expect(await connected(socket), whose).not.toBeNull();
      socket.disconnect();
    }
  }
  // The one that was begun without a page still is there, and was joined by nobody.
  const own = await call(`${polling}&sid=${sid}`, {
    method: "POST",
    body: "1",
    headers: { cookie },
  });
  expect(own.status).toBe(200);
});
