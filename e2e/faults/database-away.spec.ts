import { operations } from "../../app/operations";
import { createProxy, type TcpProxy } from "../../lib/proxy.fixture";
import { expect, test } from "../fixtures";
import { newGuest } from "../support/guest";
import { readHistory } from "../support/history";
import { type Bound, measured } from "../support/measured";
import { type OwnInstance, startInstance } from "../support/own-instance";
import { publish } from "../support/sse";
import { openReaders, payloadOf, prepare } from "./prepared";
import { independent, needy, others, send, streams } from "./requests";

// The database is away from one instance alone: a proxy stands between them.

const TOLD: Bound = { promised: 2_000, allowed: 2_500, because: "for a busy machine" };
/** More than there are connections. */
const AT_ONCE = 12;

let proxy: TcpProxy;
let own: OwnInstance;

test.beforeAll(async () => {
  proxy = await createProxy(process.env.DATABASE_URL ?? "");
  own = await startInstance({
    DATABASE_URL: proxy.url,
    INSTANCE_NAME: "cut-off",
    DEMO_CONTROLS: "1",
    OPENAI_BASE_URL: process.env.OPENAI_BASE_URL ?? "",
    OPENAI_API_KEY: process.env.OPENAI_API_KEY ?? "",
    OPENAI_MODEL: process.env.OPENAI_MODEL ?? "",
  });
});
test.afterAll(async () => {
  await own?.end("SIGKILL");
  await proxy?.close();
});

const statusOf = async (path: string) => (await fetch(own.base + path)).status;

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
    const meant = operations.filter(
      ({ operationId }) => operationId in needy || streams.includes(operationId),
    );
    const asked = [];
    for (const operation of meant) asked.push(await prepare(own.base, operation));

    const open = await openReaders(own.base);
    const begun = Date.now();
    await begin();
    const told = [];
    let slowest = 0;
    for (let n = 0; n < asked.length; n += AT_ONCE) {
      const some = asked.slice(n, n + AT_ONCE).map(async ({ operationId, ask }) => {
        const { ms, ...answer } = await ask();
        slowest = Math.max(slowest, ms);
        return { operationId, ...answer, late: ms < TOLD.allowed ? false : Math.round(ms) };
      });
      told.push(...(await Promise.all(some)));
    }
    measured("until the slowest refusal", slowest, "ms", TOLD);
    const refused = {
      ...{ status: 503, type: "application/problem+json", late: false },
      retryAfter: expect.stringMatching(/^[1-9]\d?$/),
    };
    const cut = {
      ...{ status: 200, type: expect.stringMatching("text/event-stream"), late: false },
      retryAfter: null,
    };
    expect(told).toEqual(
      meant.map(({ operationId }) => ({
        operationId,
        ...(streams.includes(operationId) ? cut : refused),
      })),
    );

    open.member.send("meanwhile");
    expect(await statusOf("/healthz")).toBe(200);
    expect(await statusOf("/readyz")).toBe(503);
    const guest = { ...(await newGuest("Cut off")), base: own.base };
    for (const path of Object.values(independent))
      expect([path, (await send(guest, "get", path)).status]).toEqual([path, 200]);
    await new Promise((resolve) => setTimeout(resolve, begun + 10_000 - Date.now()));
    await proxy.restore();

    await expect.poll(() => statusOf("/readyz"), { timeout: 15_000 }).toBe(200);
    const articles = await send(guest, "get", "/api/articles");
    expect(articles.status).toBe(200);
    // The stream that was open goes on, and the socket's outbox is emptied.
    await publish(open.guest, "after");
    const payloads = () =>
      open.stream.events.filter(({ event }) => event === "note").map(payloadOf);
    await expect.poll(payloads, { timeout: 15_000 }).toEqual(["before", "after"]);
    const texts = () => open.member.state().messages.map(({ text }) => text);
    await expect.poll(texts, { timeout: 30_000 }).toEqual(["before", "meanwhile"]);
    expect((await readHistory(open.guest, open.room)).map(({ text }) => text)).toEqual(texts());
    open.stream.close();
    open.member.close();
    // Without a restart.
    expect(await (await fetch(`${own.base}/api/instances`)).json()).toMatchObject({ bootId });
  });
