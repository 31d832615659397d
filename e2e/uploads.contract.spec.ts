import pg from "pg";
import { B, expect, test } from "./fixtures";
import { call, newGuest } from "./support/guest";
import { startInstance } from "./support/own-instance";
import { expectNothing, inStore, inTable, noise, open } from "./support/uploads";
import { uploadsSuite } from "./uploads/suite";

uploadsSuite({ newGuest: () => newGuest(), other: () => B, forms: true, checksums: true });

test("without a session nothing is received: 401, unread", async () => {
  for (const [method, path] of [
    ["PUT", "streaming"],
    ["POST", "streaming"],
    ["POST", "simple"],
    ["POST", "presigned"],
    ["POST", "multipart"],
  ] as const) {
    const response = await call(`/api/uploads/${path}`, { method, body: "x" });
    expect([path, response.status]).toEqual([path, 401]);
  }
  const wrong = await call("/api/uploads/simple", { method: "GET" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
});

test("an instance that is killed in the middle leaves nothing that the next one does not sweep", async () => {
  test.setTimeout(90_000);
  const doomed = await startInstance();
  const ada = await newGuest("Ada", doomed.base);
  const { out, answer } = open(ada, "/api/uploads/streaming", {}, "PUT", doomed.base);
  answer.catch(() => undefined);
  out.write(noise(20 * 1024 * 1024));
  await expect.poll(() => inStore(ada)).toEqual({ objects: 0, uploads: 1 });
  await doomed.end("SIGKILL");
  const [pending] = (await inTable(ada)).items;
  expect(pending).toMatchObject({ status: "pending", way: "streaming" });

  // Its lease is over.
  await withDatabase((client) =>
    client.query("UPDATE upload SET due_at = now() WHERE id = $1", [pending?.id]),
  );
  const next = await startInstance();
  try {
    await call("/api/uploads", { guest: ada, base: next.base });
    await expectNothing(ada);
  } finally {
    await next.end("SIGKILL");
  }
});

async function withDatabase(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await work(client).finally(() => client.end());
}
