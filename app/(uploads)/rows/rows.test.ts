import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  accessKeyId,
  Bucket,
  type Endpoint,
  secretAccessKey,
  startEndpoint,
} from "@/embedded/s3/s3.fixture";
import { pool } from "@/lib/db/pool";
import { env, parseEnv } from "@/lib/env";
import { remember } from "@/lib/remember";
import { completeUpload } from "../complete";
import { removeUpload, sweepUploads } from "../remove";
import { createMultipart, headObject, putObject } from "../store/objects";
import { createPartWriter } from "../store/part-writer";
import { listUploads } from "./list";
import { quotaOf } from "./quota";
import {
  insertUpload,
  keyOf,
  markStored,
  type NewUpload,
  requireUpload,
  reserveMore,
} from "./rows";

const QUOTA = 1_000;
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
let endpoint: Endpoint;
let userId: string;
let address: string;

beforeAll(async () => {
  endpoint = await startEndpoint();
  remember("env", () =>
    parseEnv({
      ...{ DATABASE_URL: process.env.DATABASE_URL, SESSION_SECRET: "x".repeat(32) },
      ...{ S3_ENDPOINT: endpoint.url, S3_BUCKET: Bucket, LOG_LEVEL: "silent" },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      UPLOAD_QUOTA_BYTES: String(QUOTA),
    }),
  );
});
beforeEach(() => {
  userId = randomUUID();
  address = randomUUID();
});
afterAll(async () => {
  await pool().end();
  await endpoint.stop();
});

const fresh = (change: Partial<NewUpload> = {}): NewUpload => ({
  ...{
    id: randomUUID(),
    userId,
    address,
    way: "presigned",
    name: "a.txt",
    type: "text/plain",
    size: 100,
  },
  ...change,
});
const overdue = (id: string) =>
  pool().query(
    "UPDATE upload SET due_at = now() - interval '1 second', grant_until = grant_until - interval '1 day' WHERE id = $1",
    [id],
  );
const rowsOf = async (id: string) =>
  (await pool().query("SELECT status FROM upload WHERE id = $1", [id])).rows;
const put = (id: string, text: string, type = "text/plain") =>
  putObject(keyOf({ userId, id }), Buffer.from(text), { type, sha256: sha256(text) });

test("uploads that begin at once share one quota, and never more", async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => insertUpload(fresh())));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(QUOTA / 100);
  for (const one of all)
    if (one.status === "rejected") expect(one.reason.message).toMatch(/507 quota-exceeded/);
  expect(await quotaOf(userId)).toEqual({ usedBytes: QUOTA, limitBytes: QUOTA });
});

test("reserving more, at once with others, never passes it either", async () => {
  const rows = await Promise.all([insertUpload(fresh()), insertUpload(fresh())]);
  const more = Array.from({ length: 20 }, (_, n) => reserveMore(rows[n % 2] as never, 100));
  const done = (await Promise.allSettled(more)).filter(({ status }) => status === "fulfilled");
  expect(done).toHaveLength(8);
  expect((await quotaOf(userId)).usedBytes).toBe(QUOTA);
});

test("the guests of one address share a quota, however many there are, and the users of others do not", async () => {
  const shared = QUOTA * env().ADDRESS_LIMIT_FACTOR;
  const all: PromiseSettledResult<unknown>[] = [];
  // A dozen at once, as many as wait for six connections in time on a machine that is busy.
  for (let n = 0; n < 5; n++)
    all.push(
      ...(await Promise.allSettled(
        Array.from({ length: 12 }, () =>
          insertUpload(fresh({ userId: randomUUID(), size: QUOTA / 4 })),
        ),
      )),
    );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength((shared / QUOTA) * 4);
  for (const one of all)
    if (one.status === "rejected") expect(one.reason.message).toMatch(/507 address-quota-exceeded/);
  const row = await insertUpload(fresh({ address: randomUUID() }));
  await reserveMore(row, 100);
});

test("all uploads together have a bound", async () => {
  const { rows } = await pool().query("SELECT coalesce(sum(size), 0) AS all FROM upload");
  const before = env().UPLOAD_TOTAL_BYTES;
  env().UPLOAD_TOTAL_BYTES = Number(rows[0].all) + 150;
  try {
    const row = await insertUpload(fresh());
    await expect(insertUpload(fresh({ userId: randomUUID() }))).rejects.toThrow(
      /507 total-quota-exceeded/,
    );
    await expect(reserveMore(row, 100)).rejects.toThrow(/507 total-quota-exceeded/);
  } finally {
    env().UPLOAD_TOTAL_BYTES = before;
  }
});

test("what another user has is as if it were not there", async () => {
  const { id } = await insertUpload(fresh());
  await expect(requireUpload(id, randomUUID())).rejects.toThrow(/404/);
  await expect(requireUpload("1; DROP TABLE upload", userId)).rejects.toThrow(/404/);
  expect((await requireUpload(id, userId)).id).toBe(id);
});

test("pages go on where they were, though others come and go, and instants are shared", async () => {
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) ids.unshift((await insertUpload(fresh({ size: 1 }))).id);
  await pool().query(
    "UPDATE upload SET created_at = date_trunc('second', created_at) WHERE user_id = $1",
    [userId],
  );
  const first = await listUploads(userId, 3);
  await insertUpload(fresh({ size: 1 }));
  await pool().query("DELETE FROM upload WHERE id = $1", [first.rows.at(-1)?.id]);
  const second = await listUploads(userId, 3, first.nextCursor ?? "");
  const third = await listUploads(userId, 3, second.nextCursor ?? "");
  const seen = [first, second, third].flatMap(({ rows }) => rows.map(({ id }) => id));
  expect(seen.toSorted()).toEqual(ids.toSorted());
  expect(third.nextCursor).toBeNull();
});

test("a cursor of the list that was changed, made up or given to another user is refused", async () => {
  for (let n = 0; n < 2; n++) await insertUpload(fresh({ size: 1 }));
  const { nextCursor } = await listUploads(userId, 1);
  const cursor = nextCursor ?? "";
  expect((await listUploads(userId, 1, cursor)).rows).toHaveLength(1);

  const { rows } = await pool().query(
    "SELECT (extract(epoch FROM created_at) * 1000000)::bigint AS micros, id FROM upload WHERE user_id = $1",
    [userId],
  );
  const unsigned = Buffer.from(JSON.stringify([rows[0].micros, rows[0].id])).toString("base64url");
  const changed = [...cursor].map((letter, at) => {
    const other = letter === "A" ? "B" : "A";
    return cursor.slice(0, at) + other + cursor.slice(at + 1);
  });
  for (const wrong of ["bm9uc2Vuc2U", "", unsigned, "A".repeat(100_000), ...changed])
    await expect(listUploads(userId, 1, wrong)).rejects.toThrow(/400 invalid-cursor/);
  await expect(listUploads(randomUUID(), 1, cursor)).rejects.toThrow(/400 invalid-cursor/);
});

test("the sweeper removes what has shown no life, with its parts, and nothing else", async () => {
  const [left, alive, stored] = [fresh({ way: "streaming" }), fresh({ way: "streaming" }), fresh()];
  for (const one of [left, alive, stored]) await insertUpload(one);
  const writer = createPartWriter({
    ...{ key: keyOf(left), onBytes() {}, typeOf: async () => "text/plain" },
  });
  // Two parts are there, and nobody knows the store's id of the upload: as after a kill -9.
  for (let n = 0; n < 2; n++) await writer.write([Buffer.alloc(8 * 1024 * 1024)]);
  await writer.end();
  const etag = await put(stored.id, "hello");
  await markStored(stored.id, { size: 5, type: "text/plain", etag, sha256: null });
  expect((await endpoint.files()).uploads).toBeGreaterThan(0);

  await overdue(left.id);
  await sweepUploads();
  expect(await rowsOf(left.id)).toEqual([]);
  expect(await rowsOf(alive.id)).toEqual([{ status: "pending" }]);
  expect((await requireUpload(stored.id, userId)).status).toBe("stored");
  expect((await endpoint.files()).uploads).toBe(0);
  expect(await headObject(keyOf(stored))).not.toBeNull();
});

test("a form that is still good keeps its deleted upload in mind until it expires", async () => {
  const row = await insertUpload(fresh({ grantSeconds: 600 }));
  await removeUpload(row);
  await expect(requireUpload(row.id, userId)).rejects.toThrow(/404/);
  expect(await rowsOf(row.id)).toEqual([{ status: "deleting" }]);
  expect((await quotaOf(userId)).usedBytes).toBe(100);
  // Somebody sends the form again.
  await put(row.id, "again");
  await overdue(row.id);
  await sweepUploads();
  expect(await rowsOf(row.id)).toEqual([]);
  expect(await headObject(row.key)).toBeNull();
  expect((await quotaOf(userId)).usedBytes).toBe(0);
});

test("completing: nothing there, then there, then the same for everybody", async () => {
  const row = await insertUpload(fresh({ size: 5 }));
  await expect(completeUpload(row)).rejects.toThrow(/409 not-sent/);
  await put(row.id, "hello");
  const all = await Promise.all(Array.from({ length: 5 }, () => completeUpload(row)));
  for (const one of all) expect(one).toEqual(all[0]);
  expect(all[0]).toMatchObject({ status: "stored", size: 5, sha256: sha256("hello") });
  expect(await completeUpload(await requireUpload(row.id, userId))).toEqual(all[0]);
});

test.each([
  ["another size", { size: 6 }, "hello", "text/plain"],
  ["another type", { size: 5 }, "hello", "text/html"],
  ["other bytes", { size: 5, sha256: sha256("other") }, "hello", "text/plain"],
  ["other magic bytes", { size: 5, type: "image/png" }, "hello", "image/png"],
])("%s: 422 for everybody, and the object is gone", async (_, announced, text, type) => {
  const row = await insertUpload(fresh(announced));
  await put(row.id, text, type);
  const all = await Promise.allSettled(Array.from({ length: 3 }, () => completeUpload(row)));
  for (const one of all)
    expect(one.status === "rejected" && one.reason.message).toMatch(/422 rejected/);
  expect(new Set(all.map((one) => one.status === "rejected" && one.reason.message)).size).toBe(1);
  expect(await headObject(row.key)).toBeNull();
  await expect(completeUpload(await requireUpload(row.id, userId))).rejects.toThrow(/422/);
});

test("parts that are missing are named", async () => {
  const partSize = 8 * 1024 * 1024;
  const row = await insertUpload(fresh({ way: "multipart", size: 10, partSize }));
  const storeId = await createMultipart(row.key, "text/plain", "SHA256");
  const underWay = { ...row, storeId };
  await expect(completeUpload(underWay)).rejects.toThrow(/409 parts-missing/);
  await removeUpload(row);
  expect((await endpoint.files()).uploads).toBe(0);
});
