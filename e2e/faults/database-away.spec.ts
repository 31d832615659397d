import { operations } from "../../app/operations";
import { expect, test } from "../fixtures";
import { seedsFor } from "../openapi/care";
import { createFaultProxy, type FaultProxy } from "../support/fault-proxy";
import { type Guest, newGuest } from "../support/guest";
import { type OwnInstance, startInstance } from "../support/own-instance";
import { independent, needy, others, send, statusOf, streams } from "./requests";

// The database is away from one instance alone: a proxy stands between them.
test.describe.configure({ mode: "serial" });

/** What is promised, and what a busy machine adds to it. */
const TOLD_WITHIN_MS = 2_000 + 500;

let proxy: FaultProxy;
let own: OwnInstance;
let guest: Guest;

test.beforeAll(async () => {
  proxy = await createFaultProxy(process.env.DATABASE_URL ?? "");
  own = await startInstance({ DATABASE_URL: proxy.url, INSTANCE_NAME: "cut-off" });
  guest = { ...(await newGuest("Cut off")), base: own.base };
});
test.afterAll(async () => {
  await own?.end("SIGKILL");
  await proxy?.close();
});

/** An address with the ids of what the guest has. */
async function addressOf(method: string, path: string, params: Record<string, string> = {}) {
  const known: Record<string, string> = { ...(await seedsFor(method, path, guest)), ...params };
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => known[name] ?? `none-${name}`);
}

test("every operation is known: whether it needs the database", () => {
  const known = [needy, independent].flatMap(Object.keys).concat(streams, others);
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(known.sort());
});

for (const [fault, begin] of Object.entries({
  gone: () => proxy.refuse(),
  hanging: () => proxy.hang(),
}))
  test(`the database is ${fault} for 10 s: 503 with Retry-After within 2 s, and all is well again`, async () => {
    test.setTimeout(120_000);
    const { bootId } = await (await fetch(`${own.base}/api/instances`)).json();
    const asked = [];
    for (const { operationId, method, path } of operations) {
      const { params, ...request } = needy[operationId] ?? {};
      if (!(operationId in needy) && !streams.includes(operationId)) continue;
      asked.push({ operationId, method, at: await addressOf(method, path, params), request });
    }
    const ask = ({ operationId, method, at, request }: (typeof asked)[number]) =>
      send(guest, method, at, request).then(({ ms, ...told }) => ({
        [operationId]: { ...told, inTime: ms < TOLD_WITHIN_MS || `${Math.round(ms)} ms` },
      }));

    const begun = Date.now();
    await begin();
    const told = Object.assign({}, ...(await Promise.all(asked.map(ask))));
    const refused = {
      ...{ status: 503, type: "application/problem+json" },
      ...{ retryAfter: expect.stringMatching(/^[1-9]\d?$/), inTime: true },
    };
    const cut = { status: 200, type: "text/event-stream", retryAfter: null, inTime: true };
    for (const { operationId } of asked)
      expect
        .soft({ [operationId]: told[operationId] })
        .toEqual({ [operationId]: streams.includes(operationId) ? cut : refused });

    expect(await statusOf(own.base, "/healthz")).toBe(200);
    expect(await statusOf(own.base, "/readyz")).toBe(503);
    for (const path of Object.values(independent))
      expect([path, (await send(guest, "get", path)).status]).toEqual([path, 200]);
    await new Promise((resolve) => setTimeout(resolve, begun + 10_000 - Date.now()));
    await proxy.restore();

    await expect.poll(() => statusOf(own.base, "/readyz"), { timeout: 15_000 }).toBe(200);
    const articles = await send(guest, "get", "/api/articles");
    expect(articles.status).toBe(200);
    // Without a restart.
    expect(await (await fetch(`${own.base}/api/instances`)).json()).toMatchObject({ bootId });
  });
