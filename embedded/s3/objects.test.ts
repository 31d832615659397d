import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bucket, bytes, type Endpoint, refusal, startEndpoint } from "./s3.fixture.ts";

let endpoint: Endpoint;
let client: S3Client;
beforeAll(async () => {
  endpoint = await startEndpoint();
  client = endpoint.client();
});
afterAll(() => endpoint.stop());

const put = (Key: string, Body: string | Buffer = Key, more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();
const md5 = (body: string | Buffer) => createHash("md5").update(body).digest("hex");

describe("the bucket", () => {
  test("is there, and to make it once more is no error", async () => {
    await client.send(new HeadBucketCommand({ Bucket }));
    await client.send(new CreateBucketCommand({ Bucket }));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint).toBeUndefined();
    const { Buckets } = await client.send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
  });

  test("is the only one", async () => {
    const other = { Bucket: "other", Key: "a" };
    expect(await refusal(client.send(new GetObjectCommand(other)))).toEqual(["NoSuchBucket", 404]);
    const create = client.send(new CreateBucketCommand({ Bucket: "other" }));
    expect(await refusal(create)).toEqual(["TooManyBuckets", 400]);
  });
});

describe("an object", () => {
  test("comes back as it was put, with what was said about it", async () => {
    const body = bytes(300_000);
    const said = {
      ContentType: "text/plain; charset=utf-8",
      CacheControl: "no-store",
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: "en",
      ContentEncoding: "identity",
      Metadata: { sha256: "abc", "two-words": "a  b" },
    };
    const { ETag } = await put("whole", body, said);
    expect(ETag).toBe(`"${md5(body)}"`);
    const got = await get("whole");
    expect(got).toMatchObject({ ...said, ETag, ContentLength: body.length, AcceptRanges: "bytes" });
    expect(body.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "whole" }));
    expect(head).toMatchObject({ ...said, ETag, ContentLength: body.length });
  });

  test("of no bytes is one as well", async () => {
    await put("empty", "");
    expect(await text("empty")).toBe("");
  });

  test("arrives framed with a trailer, as the SDK sends streams, and is stored without", async () => {
    const body = bytes(200_000);
    const pieces = [body.subarray(0, 70_000), body.subarray(70_000, 70_001), body.subarray(70_001)];
    const Body = Readable.from(pieces);
    const { ChecksumCRC32 } = await client.send(
      new PutObjectCommand({ Bucket, Key: "framed", Body, ContentLength: body.length }),
    );
    const got = await get("framed", { ChecksumMode: "ENABLED" });
    expect(got.ContentEncoding).toBeUndefined();
    expect(got.ChecksumCRC32).toBe(ChecksumCRC32);
    expect(body.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  });

  test("that is not there is NoSuchKey", async () => {
    expect(await refusal(get("nowhere"))).toEqual(["NoSuchKey", 404]);
    const head = client.send(new HeadObjectCommand({ Bucket, Key: "nowhere" }));
    expect(await refusal(head)).toEqual(["NotFound", 404]);
  });

  test("is replaced, and its old bytes are gone", async () => {
    await put("again", "one");
    const before = await endpoint.files();
    await put("again", "two");
    expect(await text("again")).toBe("two");
    expect(await endpoint.files()).toEqual(before);
  });

  test("is deleted, and deleting it again is no error", async () => {
    const before = await endpoint.files();
    await put("gone");
    for (const _ of [1, 2]) await client.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
    expect(await refusal(get("gone"))).toEqual(["NoSuchKey", 404]);
    expect(await endpoint.files()).toEqual(before);
  });
});
