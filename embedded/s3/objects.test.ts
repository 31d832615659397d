import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bucket, bytes, type Endpoint, refusal, startEndpoint } from "./s3.fixture.ts";
import { send } from "./signer.fixture.ts";

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

  test("says when it was made, also after a restart", async () => {
    const times = [new Date("2026-05-06T07:08:09.700Z"), new Date("2027-01-01T00:00:00Z")];
    const own = await startEndpoint({ now: () => times[0] ?? new Date() });
    const list = async () => {
      // The SDK signs with the clock of the machine; what is listed does not depend on it.
      const skewed = { systemClockOffset: (times[0]?.getTime() ?? 0) - Date.now() };
      return (await own.client(skewed).send(new ListBucketsCommand())).Buckets?.[0];
    };
    const made = { CreationDate: new Date("2026-05-06T07:08:09Z"), BucketRegion: "us-east-1" };
    expect(await list()).toMatchObject(made);
    times.shift();
    await own.restart();
    expect(await list()).toMatchObject(made);
    await own.stop();
  });

  test("of a folder that did not say when is as old as its oldest object", async () => {
    const own = await startEndpoint();
    await own.client().send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
    const { LastModified } = await own.client().send(new HeadObjectCommand({ Bucket, Key: "a" }));
    await rm(join(own.dataDir, "bucket.json"));
    await own.restart();
    const { Buckets } = await own.client().send(new ListBucketsCommand());
    expect(Buckets?.[0]?.CreationDate).toEqual(LastModified);
    await own.stop();
  });

  test("is listed where the filter leaves it", async () => {
    const list = (input: object) => client.send(new ListBucketsCommand(input));
    const count = async (input: object) => (await list(input)).Buckets?.length ?? 0;
    expect(await count({ Prefix: "buck", BucketRegion: "us-east-1", MaxBuckets: 1 })).toBe(1);
    expect(await count({ Prefix: "other" })).toBe(0);
    expect(await count({ BucketRegion: "eu-west-1" })).toBe(0);
    expect(await refusal(list({ MaxBuckets: 0 }))).toEqual(["InvalidArgument", 400]);
    expect(await refusal(list({ ContinuationToken: "x" }))).toEqual(["InvalidArgument", 400]);
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

describe("a part of an object", () => {
  const body = bytes(3_000);
  beforeAll(() => put("ranged", body));

  test.each([
    ["bytes=0-0", 0, 1],
    ["bytes=10-19", 10, 20],
    ["bytes=2990-", 2990, 3000],
    ["bytes=-5", 2995, 3000],
    ["bytes=-9999", 0, 3000],
    ["bytes=100-99999", 100, 3000],
  ])("%s", async (Range, start, end) => {
    const got = await get("ranged", { Range });
    expect(got.$metadata.httpStatusCode).toBe(206);
    expect(got.ContentRange).toBe(`bytes ${start}-${end - 1}/3000`);
    expect(got.ContentLength).toBe(end - start);
    const part = (await got.Body?.transformToByteArray()) ?? Buffer.alloc(0);
    expect(body.subarray(start, end).equals(part)).toBe(true);
  });

  test.each(["bytes=0-1,5-6", "bytes=5-2", "bytes=-", "items=0-1", "bytes=a-b"])(
    "%s counts as none: the answer is whole",
    async (Range) => {
      const got = await get("ranged", { Range });
      expect(got.$metadata.httpStatusCode).toBe(200);
      expect(await got.Body?.transformToByteArray()).toHaveLength(3000);
    },
  );

  test.each(["bytes=3000-", "bytes=9999-10000", "bytes=-0"])("%s is 416", async (Range) => {
    expect(await refusal(get("ranged", { Range }))).toEqual(["InvalidRange", 416]);
  });
});

describe("conditions", () => {
  let etag: string | undefined;
  const hour = 3_600_000;
  const [before, after] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  beforeAll(async () => {
    etag = (await put("conditional", "text")).ETag;
  });

  const other = '"0123456789abcdef0123456789abcdef"';
  test.each([
    ["If-Match", () => ({ IfMatch: etag }), 200],
    ["another If-Match", () => ({ IfMatch: other }), 412],
    ["If-Match: *", () => ({ IfMatch: "*" }), 200],
    ["If-None-Match", () => ({ IfNoneMatch: etag }), 304],
    ["a weak If-None-Match in a list", () => ({ IfNoneMatch: `${other}, W/${etag}` }), 304],
    ["another If-None-Match", () => ({ IfNoneMatch: other }), 200],
    ["modified since", () => ({ IfModifiedSince: before }), 200],
    ["not modified since", () => ({ IfModifiedSince: new Date() }), 304],
    ["unmodified since", () => ({ IfUnmodifiedSince: after }), 200],
    ["not unmodified since", () => ({ IfUnmodifiedSince: before }), 412],
    ["If-Match before the date", () => ({ IfMatch: etag, IfUnmodifiedSince: before }), 200],
    ["If-None-Match before the date", () => ({ IfNoneMatch: other, IfModifiedSince: after }), 200],
  ])("%s", async (_, conditions, status) => {
    const answered = await get("conditional", conditions()).then(
      ({ $metadata }) => $metadata.httpStatusCode,
      (error) => error.$metadata.httpStatusCode,
    );
    expect(answered).toBe(status);
  });

  test("a write with If-None-Match: * happens once, however many ask at once", async () => {
    const all = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((n) => put("once", `writer ${n}`, { IfNoneMatch: "*" })),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusal(put("once", "late", { IfNoneMatch: "*" }))).toEqual([
      "PreconditionFailed",
      412,
    ]);
    expect((await endpoint.files()).tmp).toBe(0);
  });

  test("a write with If-Match replaces what it has seen, and nothing else", async () => {
    const { ETag } = await put("seen", "one");
    await put("seen", "two", { IfMatch: ETag });
    expect(await refusal(put("seen", "three", { IfMatch: ETag }))).toEqual([
      "PreconditionFailed",
      412,
    ]);
    expect(await refusal(put("unseen", "x", { IfMatch: ETag }))).toEqual(["NoSuchKey", 404]);
  });
});

describe("response headers", () => {
  test("can be asked to be others", async () => {
    await put("named", "text", { ContentType: "text/html" });
    const got = await get("named", {
      ResponseContentType: "text/plain",
      ResponseContentDisposition: "attachment; filename*=UTF-8''%C3%A9.txt",
      ResponseCacheControl: "no-store",
    });
    expect(got).toMatchObject({
      ContentType: "text/plain",
      ContentDisposition: "attachment; filename*=UTF-8''%C3%A9.txt",
      CacheControl: "no-store",
    });
  });

  test.each(["a\r\nSet-Cookie: a=b", "a\nb", "漢", "\0"])("%j is none", async (value) => {
    const asked = get("named", { ResponseContentDisposition: value });
    expect(await refusal(asked)).toEqual(["InvalidArgument", 400]);
  });
});

describe("a copy", () => {
  const copy = (Key: string, source: string, more = {}) =>
    client.send(new CopyObjectCommand({ Bucket, Key, CopySource: source, ...more }));

  test("has the same bytes on the disk, and outlives what it was made of", async () => {
    await put("a b/ü+%", "original", { Metadata: { from: "me" } });
    const before = await endpoint.files();
    await copy("copied", `/${Bucket}/${encodeURIComponent("a b/ü+%")}`);
    expect(await endpoint.files()).toEqual({ ...before, objects: before.objects + 1 });
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a b/ü+%" }));
    const got = await get("copied");
    expect(got.Metadata).toEqual({ from: "me" });
    expect(await got.Body?.transformToString()).toBe("original");
  });

  test("may have another description, also in place of the original", async () => {
    await put("described", "text", { Metadata: { v: "1" } });
    await copy("described", `${Bucket}/described`, {
      MetadataDirective: "REPLACE",
      Metadata: { v: "2" },
      ContentType: "text/css",
    });
    expect(await get("described")).toMatchObject({ Metadata: { v: "2" }, ContentType: "text/css" });
    expect(await text("described")).toBe("text");
  });

  test.each([
    [`${Bucket}/nowhere`, {}, ["NoSuchKey", 404]],
    ["other/key", {}, ["NoSuchBucket", 404]],
    ["nonsense", {}, ["InvalidArgument", 400]],
    [`${Bucket}/%zz`, {}, ["InvalidArgument", 400]],
    [`${Bucket}/described?versionId=1`, {}, ["NotImplemented", 501]],
    [`${Bucket}/described`, { CopySourceIfNoneMatch: "*" }, ["PreconditionFailed", 412]],
    [`${Bucket}/described`, { MetadataDirective: "OTHER" }, ["InvalidArgument", 400]],
    [`${Bucket}/described`, { Key: "described" }, ["InvalidRequest", 400]],
  ])("of %s %j is refused", async (source, more, expected) => {
    expect(await refusal(copy("copy", source, more))).toEqual(expected);
  });
});

test("a copy of a range, or with a checksum of its own, is not done here", async () => {
  await put("measured", "abc", { ChecksumAlgorithm: "SHA256" });
  const headers = { "x-amz-copy-source": `${Bucket}/measured`, "content-length": "0" };
  const copy = (more: object) =>
    send(endpoint.url, { key: "copied in part", headers: { ...headers, ...more } });
  for (const [name, value] of [
    ["x-amz-copy-source-range", "bytes=0-0"],
    ["x-amz-checksum-algorithm", "CRC32"],
  ]) {
    expect((await copy({ [name as string]: value })).code).toBe("NotImplemented");
  }
  expect(await refusal(get("copied in part"))).toEqual(["NoSuchKey", 404]);
  expect((await copy({ "x-amz-checksum-algorithm": "SHA256" })).status).toBe(200);
});

describe("keys are names, never paths", () => {
  const hostile = [
    "../../x",
    "..",
    ".",
    "/",
    "//etc/passwd",
    "a/../b",
    "%2e%2e%2fx",
    "nul\0byte",
    "line\r\nbreak",
    "tab\t",
    " blank ",
    "a+b",
    "C:\\x",
    "con",
    "quote\"'&<>",
    "ü漢😀",
    "u\u0308",
    "\u202Egpj.exe",
    "x".repeat(1024),
    "漢".repeat(341),
    "__proto__",
  ];
  test.each(hostile)("%j", async (Key) => {
    await put(Key, `this is ${Key}`);
    expect(await text(Key)).toBe(`this is ${Key}`);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    expect(Contents?.map((object) => object.Key)).toContain(Key);
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(await refusal(get(Key))).toEqual(["NoSuchKey", 404]);
  });

  test.each(["x".repeat(1025), "漢".repeat(342)])(
    "of more than 1,024 bytes are none",
    async (Key) => {
      expect(await refusal(put(Key, ""))).toEqual(["KeyTooLongError", 400]);
      expect(await refusal(get(Key))).toEqual(["KeyTooLongError", 400]);
    },
  );
});

describe("lists", () => {
  let own: Endpoint;
  let listing: S3Client;
  const keys = ["a", "a/1", "a/2", "a/b/1", "b", "c/1", "c/2", "d/", "\uffee", "😀", "ab"];
  beforeAll(async () => {
    own = await startEndpoint();
    listing = own.client();
    for (const Key of keys) await listing.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  });
  afterAll(() => own.stop());

  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  async function listed(input = {}, pageSize = 1000) {
    const [found, prefixes]: [string[], string[]] = [[], []];
    let pages = 0;
    for await (const page of paginateListObjectsV2(
      { client: listing, pageSize },
      { Bucket, ...input },
    )) {
      pages++;
      expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
      found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ""));
      prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ""));
    }
    return { found, prefixes, pages };
  }

  /** All pages of the first version, walked as its clients do: after NextMarker, else after the last key. */
  async function listedV1(input: ListObjectsCommandInput) {
    const [found, prefixes]: [string[], string[]] = [[], []];
    for (let Marker: string | undefined; ; ) {
      const page = await listing.send(new ListObjectsCommand({ ...input, Marker }));
      const here = (page.Contents ?? []).map(({ Key }) => Key ?? "");
      found.push(...here);
      prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ""));
      expect(page.Marker ?? "").toBe(Marker ?? "");
      expect(page.NextMarker !== undefined).toBe(Boolean(page.IsTruncated && input.Delimiter));
      if (!page.IsTruncated) return { found, prefixes };
      Marker = page.NextMarker ?? here.at(-1);
    }
  }

  test("of the first version have the same, whatever the page", async () => {
    for (const MaxKeys of [1, 2, 3, 11, 1000]) {
      expect((await listedV1({ Bucket, MaxKeys })).found).toEqual(sorted);
      const rolled = await listedV1({ Bucket, MaxKeys, Delimiter: "/" });
      expect(rolled).toEqual({
        found: ["a", "ab", "b", "\uffee", "😀"],
        prefixes: ["a/", "c/", "d/"],
      });
      const inside = await listedV1({ Bucket, MaxKeys, Delimiter: "/", Prefix: "a/" });
      expect(inside).toEqual({ found: ["a/1", "a/2"], prefixes: ["a/b/"] });
    }
  });

  test("of the first version begin after any marker, also one that is no key or lies in a prefix", async () => {
    const list = (input: object) => listing.send(new ListObjectsCommand({ Bucket, ...input }));
    const keysOf = async (input: object) => (await list(input)).Contents?.map(({ Key }) => Key);
    expect(await keysOf({ Marker: "aa" })).toEqual(sorted.slice(sorted.indexOf("ab")));
    const { CommonPrefixes } = await list({ Marker: "a/1", Delimiter: "/", Prefix: "a" });
    expect(CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    const none = await list({ MaxKeys: 0 });
    expect([none.Contents, none.IsTruncated, none.MaxKeys]).toEqual([undefined, false, 0]);
    expect(await refusal(list({ MaxKeys: -1 }))).toEqual(["InvalidArgument", 400]);
    expect(await refusal(list({ EncodingType: "gzip" }))).toEqual(["InvalidArgument", 400]);
  });

  test("of the first version encode names, marker and delimiter where it is asked for", async () => {
    const query = { "encoding-type": "url", delimiter: "\uffee", marker: "d/", "max-keys": "1" };
    const { text } = await send(own.url, { method: "GET", query });
    for (const [name, value] of [
      ["EncodingType", "url"],
      ["Delimiter", "%EF%BF%AE"],
      ["Marker", "d/"],
      ["NextMarker", "%EF%BF%AE"],
      ["Prefix", "%EF%BF%AE"],
    ]) {
      expect(text).toContain(`<${name}>${value}</${name}>`);
    }
    const key = await send(own.url, { method: "GET", query: { ...query, delimiter: "" } });
    expect(key.text).toContain("<Key>%EF%BF%AE</Key>");
  });

  test("tell the owner: the first version always, the second where it is asked for", async () => {
    const Owner = { ID: "embedded", DisplayName: "embedded" };
    const owners = (contents: { Owner?: object }[] = []) => new Set(contents.map((c) => c.Owner));
    const first = await listing.send(new ListObjectsCommand({ Bucket }));
    expect([...owners(first.Contents)][0]).toEqual(Owner);
    const v2 = async (input: object) =>
      (await listing.send(new ListObjectsV2Command({ Bucket, ...input }))).Contents;
    expect((await v2({ FetchOwner: true }))?.every((c) => c.Owner?.ID === Owner.ID)).toBe(true);
    expect(owners(await v2({ FetchOwner: false }))).toEqual(new Set([undefined]));
    expect(owners(await v2({}))).toEqual(new Set([undefined]));
  });

  test("have all keys in the order of their bytes, whatever the page", async () => {
    for (const size of [1, 2, 3, 11, 1000]) {
      expect((await listed({}, size)).found).toEqual(sorted);
    }
    expect((await listed({}, 3)).pages).toBe(4);
  });

  test("roll up what has the delimiter, once, whatever the page", async () => {
    for (const size of [1, 2, 5, 1000]) {
      const { found, prefixes } = await listed({ Delimiter: "/" }, size);
      expect(found).toEqual(["a", "ab", "b", "\uffee", "😀"]);
      expect(prefixes).toEqual(["a/", "c/", "d/"]);
    }
    const inside = await listed({ Delimiter: "/", Prefix: "a/" });
    expect(inside).toMatchObject({ found: ["a/1", "a/2"], prefixes: ["a/b/"] });
  });

  test("begin after a key, and encode what XML cannot say", async () => {
    expect((await listed({ StartAfter: "b" })).found).toEqual(
      sorted.slice(sorted.indexOf("b") + 1),
    );
    const encoded = await listing.send(
      new ListObjectsV2Command({ Bucket, EncodingType: "url", Prefix: "😀" }),
    );
    expect(encoded.Contents?.map(({ Key }) => Key)).toEqual(["%F0%9F%98%80"]);
    const none = await listing.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
    expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test("refuse a token that is none", async () => {
    const send = (input: object) => listing.send(new ListObjectsV2Command({ Bucket, ...input }));
    expect(await refusal(send({ ContinuationToken: "?" }))).toEqual(["InvalidArgument", 400]);
    expect(await refusal(send({ MaxKeys: -1 }))).toEqual(["InvalidArgument", 400]);
  });

  test("are the same after a restart, and so are the objects", async () => {
    const before = await own.files();
    await own.restart();
    expect((await listed()).found).toEqual(sorted);
    expect(await own.files()).toEqual(before);
    const got = await listing.send(new GetObjectCommand({ Bucket, Key: "😀" }));
    expect(await got.Body?.transformToString()).toBe("😀");
  });
});

describe("deleting what must be as it was seen", () => {
  test("happens only to that, one at a time and many at once", async () => {
    const { ETag } = await put("seen", "one");
    await put("seen", "two");
    const one = (IfMatch?: string, Key = "seen") =>
      client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
    expect(await refusal(one(ETag))).toEqual(["PreconditionFailed", 412]);
    expect(await refusal(one(ETag, "nowhere"))).toEqual(["NoSuchKey", 404]);
    const Objects = [{ Key: "seen", ETag }, { Key: "nowhere", ETag }, { Key: "other" }];
    const many = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(many.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
      ["seen", "PreconditionFailed"],
      ["nowhere", "NoSuchKey"],
    ]);
    expect(many.Deleted).toEqual([{ Key: "other" }]);
    expect(await text("seen")).toBe("two");
    await one(`"${md5("two")}"`);
    expect(await refusal(get("seen"))).toEqual(["NoSuchKey", 404]);
  });

  test("by a version, a size or a time is not done here, and leaves the object", async () => {
    await put("versioned");
    const Objects = [
      { Key: "versioned", VersionId: "null" },
      { Key: "versioned", Size: 9 },
      { Key: "versioned", LastModifiedTime: new Date() },
    ];
    const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors?.map(({ Code }) => Code)).toEqual(Objects.map(() => "NotImplemented"));
    const sized = new DeleteObjectCommand({ Bucket, Key: "versioned", IfMatchSize: 1 });
    expect(await refusal(client.send(sized))).toEqual(["NotImplemented", 501]);
    expect(await text("versioned")).toBe("versioned");
  });
});

describe("many at once", () => {
  test("are deleted, with those that were not there", async () => {
    await put("many/1");
    await put("many/2");
    const Objects = ["many/1", "many/2", "many/3"].map((Key) => ({ Key }));
    const command = (Quiet: boolean) =>
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } });
    const { Deleted, Errors } = await client.send(command(false));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["many/1", "many/2", "many/3"]);
    expect(Errors).toBeUndefined();
    expect((await client.send(command(true))).Deleted).toBeUndefined();
    expect(await refusal(get("many/1"))).toEqual(["NoSuchKey", 404]);
  });

  test("are refused where none is named, or too many", async () => {
    const remove = (count: number) => {
      const Objects = Array.from({ length: count }, (_, i) => ({ Key: `k${i}` }));
      return client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    };
    expect(await refusal(remove(1001))).toEqual(["MalformedXML", 400]);
    expect(await refusal(remove(0))).toEqual(["MalformedXML", 400]);
  });
});
