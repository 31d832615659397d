import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  accessKeyId,
  Bucket,
  type Endpoint,
  secretAccessKey,
  startEndpoint,
} from "@/embedded/s3/s3.fixture";
import { parseEnv } from "@/lib/env";
import { remember } from "@/lib/remember";
import { erase, getObject, headObject, listParts } from "./objects";
import { createPartWriter, PART_BYTES } from "./part-writer";

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
  remember("env", () =>
    parseEnv({
      ...{ DATABASE_URL: "postgres://localhost/none", SESSION_SECRET: "x".repeat(32) },
      ...{ S3_ENDPOINT: endpoint.url, S3_BUCKET: Bucket, LOG_LEVEL: "silent" },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    }),
  );
});
afterAll(() => endpoint.stop());

const nothing = { blobs: 0, objects: 0, uploads: 0, tmp: 0 };
const writerOf = (key: string, onBytes: (bytes: Buffer) => void = () => {}) =>
  createPartWriter({ key, onBytes, typeOf: async () => "application/octet-stream" });

test.each([0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 7])(
  "%i bytes, in pieces of any size, are the object",
  async (size) => {
    const file = randomBytes(size);
    const hash = createHash("sha256");
    const key = `u/test/${size}`;
    const writer = writerOf(key, (bytes) => hash.update(bytes));
    for (let offset = 0; offset < size; ) {
      const piece = file.subarray(offset, offset + 1 + Math.floor(Math.random() * 3e6));
      await writer.write([piece]);
      offset += piece.length;
    }
    await writer.end();
    expect(await headObject(key)).toBeNull();
    await writer.complete();
    const object = await headObject(key);
    expect(object?.size).toBe(size);
    expect(writer.total()).toBe(size);
    const stored = await getObject(key, { etag: object?.etag ?? "" });
    const read = createHash("sha256");
    for await (const chunk of stored ?? []) read.update(chunk);
    expect(read.digest("hex")).toBe(createHash("sha256").update(file).digest("hex"));
    expect(hash.digest("hex")).toBe(createHash("sha256").update(file).digest("hex"));
    await erase(key);
    expect(await endpoint.files()).toEqual(nothing);
  },
);

test("aborted in the middle of a part, it leaves nothing once its key is erased", async () => {
  const writer = writerOf("u/test/aborted");
  await writer.write([randomBytes(2 * PART_BYTES + 5)]);
  await writer.abort();
  await expect(writer.write([Buffer.from("more")])).rejects.toThrow();
  await erase("u/test/aborted");
  expect(await endpoint.files()).toEqual(nothing);
});

test("erasing one key leaves the uploads of a longer one alone", async () => {
  const short = writerOf("u/test/1");
  const long = writerOf("u/test/12");
  for (const writer of [short, long]) await writer.write([randomBytes(PART_BYTES)]);
  await short.abort();
  await erase("u/test/1");
  await long.end();
  await long.complete();
  expect((await headObject("u/test/12"))?.size).toBe(PART_BYTES);
  await erase("u/test/12");
  expect(await listParts("u/test/12", "gone")).toBeNull();
});

test("a part that the store refuses fails the writer, and whoever waits for room", async () => {
  const refused = new Error("refused");
  const writer = createPartWriter({
    ...{ key: "u/test/refused", onBytes() {}, typeOf: async () => "text/plain" },
    send: () => Promise.reject(refused),
  });
  const writing = (async () => {
    for (let n = 0; n < 5; n++) await writer.write([Buffer.alloc(PART_BYTES)]);
    await writer.end();
  })();
  await expect(writing).rejects.toBe(refused);
  await writer.abort();
  await erase("u/test/refused");
  expect(await endpoint.files()).toEqual(nothing);
});

test("it takes no more than one part while three others are under way", async () => {
  let underWay = 0;
  let most = 0;
  const writer = createPartWriter({
    ...{ key: "u/test/slow", onBytes() {}, typeOf: async () => "text/plain" },
    async send() {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      return { ETag: "x", ChecksumCRC32: "" };
    },
  });
  for (let n = 0; n < 6; n++) await writer.write([Buffer.alloc(PART_BYTES)]);
  await writer.end();
  expect(most).toBe(3);
  await erase("u/test/slow");
});
