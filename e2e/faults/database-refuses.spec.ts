import { randomUUID } from "node:crypto";
import pg from "pg";
import { operations } from "../../app/operations";
import { createProxy, type TcpProxy } from "../../lib/proxy.fixture";
import { expect, test } from "../fixtures";
import { readHistory } from "../support/history";
import { type OwnInstance, startInstance } from "../support/own-instance";
import { publish } from "../support/sse";
import { openReaders, payloadOf, prepare } from "./prepared";
import { needy } from "./requests";

// The database answers, and refuses one instance alone: a role of its own, and a proxy before the database.

/** Operations that cannot be answered without a change in the database. */
const changing = [
  ...["startJob", "makeRoom", "publishEvent", "askModel", "say", "uploadSimply", "uploadStream"],
  ...["presignUpload", "replaceOwnList", "churnOwnList", "createArticle", "startTask"],
  ...["beginSession", "endSession"],
];
const AT_ONCE = 12;
/** Statements that need room. Readers of the log are left alone. */
const STORING = /INSERT INTO|UPDATE \S+ SET|log_append|completion_start/;

const role = `refused_${randomUUID().replaceAll("-", "")}`;
const admin = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
let proxy: TcpProxy;
let own: OwnInstance;

test.beforeAll(async () => {
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'none'`);
  await admin.query(`GRANT pg_read_all_data, pg_write_all_data TO ${role}`);
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.username = role;
  url.password = "none";
  proxy = await createProxy(url.href);
  own = await startInstance({
    DATABASE_URL: proxy.url,
    INSTANCE_NAME: "refused",
    OPENAI_BASE_URL: process.env.OPENAI_BASE_URL ?? "",
    OPENAI_API_KEY: process.env.OPENAI_API_KEY ?? "",
    OPENAI_MODEL: process.env.OPENAI_MODEL ?? "",
  });
});
test.afterAll(async () => {
  await own?.end("SIGKILL");
  await proxy?.close();
  await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

const statusOf = async (path: string) => (await fetch(own.base + path)).status;

/** Settings of a role count for new sessions. */
async function alter(setting: string): Promise<void> {
  await admin.query(`ALTER ROLE ${role} ${setting}`);
  proxy.cutAll();
}

const refused = { status: 503, type: "application/problem+json" };
const faults = {
  "can only be read": {
    begin: () => alter("SET default_transaction_read_only = on"),
    end: () => admin.query(`ALTER ROLE ${role} RESET default_transaction_read_only`),
    told: refused,
    ready: 503,
  },
  "takes no more connections": {
    begin: () => alter("CONNECTION LIMIT 0"),
    end: () => admin.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`),
    told: refused,
    ready: 503,
  },
  "has no room left": {
    async begin() {
      proxy.answerWithError(STORING, "53100");
      proxy.cutAll();
    },
    end: () => proxy.restore(),
    told: { ...refused, status: 507 },
    ready: 503,
  },
  "is out of memory": {
    async begin() {
      proxy.answerWithError(STORING, "53200");
      proxy.cutAll();
    },
    end: () => proxy.restore(),
    told: refused,
    ready: 503,
  },
};

for (const [fault, { begin, end, told, ready }] of Object.entries(faults))
  test(`the database ${fault}: who stores is told so, with Retry-After, and streams stay`, async () => {
    test.setTimeout(180_000);
    const asked = [];
    // A long poll reads, and answers nothing before there is an entry.
    for (const operation of operations)
      if (operation.operationId in needy && operation.operationId !== "longPoll")
        asked.push(await prepare(own.base, operation));
    const open = await openReaders(own.base);

    await begin();
    // Connections that were cut are not what is looked at.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answers: Record<string, object> = {};
    for (let n = 0; n < asked.length; n += AT_ONCE)
      await Promise.all(
        asked.slice(n, n + AT_ONCE).map(async ({ operationId, ask }) => {
          const { status, type, retryAfter } = await ask();
          answers[operationId] = { status, type, retryAfter };
        }),
      );
    const wrong = Object.entries(answers).filter(([, answer]) => {
      const { status, retryAfter } = answer as { status: number; retryAfter: string | null };
      const isRefusal = status === 503 || status === 507;
      return !(status < 500 || (isRefusal && /^[1-9]\d?$/.test(String(retryAfter))));
    });
    expect(wrong).toEqual([]);
    const ofChanging = changing.map((id) => [id, answers[id]]);
    expect(ofChanging).toEqual(
      changing.map((id) => [id, { ...told, retryAfter: expect.stringMatching(/^[1-9]\d?$/) }]),
    );

    open.member.send("meanwhile");
    expect(await statusOf("/healthz")).toBe(200);
    expect(await statusOf("/readyz")).toBe(ready);
    await end();

    await expect.poll(() => statusOf("/readyz"), { timeout: 20_000 }).toBe(200);
    await publish(open.guest, "after");
    const payloads = () =>
      open.stream.events.filter(({ event }) => event === "note").map(payloadOf);
    await expect.poll(payloads, { timeout: 15_000 }).toEqual(["before", "after"]);
    const texts = () => open.member.state().messages.map(({ text }) => text);
    // The outbox waits for as long as the refusal says: a minute where there is no room.
    await expect.poll(texts, { timeout: 80_000 }).toEqual(["before", "meanwhile"]);
    expect((await readHistory(open.guest, open.room)).map(({ text }) => text)).toEqual(texts());
    open.stream.close();
    open.member.close();
  });
