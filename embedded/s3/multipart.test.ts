import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListParts,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Bucket, bytes, type Endpoint, refusal, startEndpoint } from "./s3.fixture.ts";
import { send } from "./signer.fixture.ts";

const MIB = 1024 * 1024;
const five = bytes(5 * MIB, 5);
const tail = bytes(1000, 7);
let endpoint: Endpoint;
let client: S3Client;
beforeAll(async () => {
  endpoint = await startEndpoint();
  client = endpoint.client();
});
afterAll(() => endpoint.stop());

let Key = "";
let counter = 0;
beforeEach(() => {
  Key = `object ${++counter}`;
});

async function create(more = {}): Promise<string> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ...more }),
  );
  return UploadId ?? "";
}

async function part(
  UploadId: string,
  PartNumber: number,
  Body: Buffer | string,
): Promise<CompletedPart> {
  const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
  const { ETag, ChecksumCRC32 } = await client.send(command);
  return { PartNumber, ETag, ChecksumCRC32 };
}

const complete = (UploadId: string, Parts: CompletedPart[], more = {}) =>
  client.send(
    new CompleteMultipartUploadCommand({
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      ...more,
    }),
  );

const abort = (UploadId: string) =>
  client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));

async function read(range?: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range: range }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const md5 = (body: Buffer) => createHash("md5").update(body).digest();

test("parts sent in any order become one object, and no byte is copied", async () => {
  const before = await endpoint.files();
  const UploadId = await create({
    ContentType: "video/mp4",
    Metadata: { a: "b" },
    ChecksumAlgorithm: "CRC32",
  });
  const two = await part(UploadId, 9, tail);
  const one = await part(UploadId, 2, five);
  const open = await endpoint.files();
  const { ETag, ChecksumCRC32 } = await complete(UploadId, [one, two]);
  const etag = createHash("md5")
    .update(Buffer.concat([md5(five), md5(tail)]))
    .digest("hex");
  expect(ETag).toBe(`"${etag}-2"`);
  expect(ChecksumCRC32).toMatch(/-2$/);
  expect(await endpoint.files()).toEqual({ ...open, objects: before.objects + 1, uploads: 0 });
  expect(Buffer.concat([five, tail]).equals(await read())).toBe(true);
  const across = await read(`bytes=${five.length - 10}-${five.length + 9}`);
  expect(across.equals(Buffer.concat([five.subarray(-10), tail.subarray(0, 10)]))).toBe(true);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
  expect(head).toMatchObject({
    ContentLength: five.length + tail.length,
    ContentType: "video/mp4",
    Metadata: { a: "b" },
    ChecksumCRC32,
    ChecksumType: "COMPOSITE",
  });
});

test("completing twice, also at once, is the same answer", async () => {
  const UploadId = await create();
  const parts = [await part(UploadId, 1, tail)];
  const all = await Promise.all([complete(UploadId, parts), complete(UploadId, parts)]);
  const { ETag } = await complete(UploadId, parts);
  expect(all.map((answer) => answer.ETag)).toEqual([ETag, ETag]);
  expect(await refusal(abort(UploadId))).toEqual(["NoSuchUpload", 404]);
});

test("a part that is sent again replaces the one before", async () => {
  const UploadId = await create();
  const old = await part(UploadId, 1, "old");
  const fresh = await part(UploadId, 1, "fresh");
  expect(await refusal(complete(UploadId, [old]))).toEqual(["InvalidPart", 400]);
  await complete(UploadId, [fresh]);
  expect((await read()).toString()).toBe("fresh");
});

test("parts that are not wanted are gone once it is complete", async () => {
  const before = await endpoint.files();
  const UploadId = await create();
  const wanted = await part(UploadId, 1, "wanted");
  await part(UploadId, 2, "unwanted");
  await complete(UploadId, [wanted]);
  const after = await endpoint.files();
  expect(after).toEqual({ ...before, blobs: before.blobs + 1, objects: before.objects + 1 });
});

describe("what cannot be completed", () => {
  test("has a code for each reason, stays open, and can be mended", async () => {
    const UploadId = await create();
    const small = await part(UploadId, 1, "small");
    const last = await part(UploadId, 2, "last");
    const big = await part(UploadId, 3, five);
    const refused = (parts: CompletedPart[]) => refusal(complete(UploadId, parts));
    expect(await refused([small, last])).toEqual(["EntityTooSmall", 400]);
    expect(await refused([last, small])).toEqual(["InvalidPartOrder", 400]);
    expect(await refused([small, small])).toEqual(["InvalidPartOrder", 400]);
    expect(await refused([{ ...small, PartNumber: 7 }])).toEqual(["InvalidPart", 400]);
    expect(await refused([{ ...small, ETag: last.ETag }])).toEqual(["InvalidPart", 400]);
    const otherSum = { ...small, ChecksumCRC32: last.ChecksumCRC32 };
    expect(await refused([otherSum])).toEqual(["InvalidPart", 400]);
    expect(await refused([])).toEqual(["MalformedXML", 400]);
    await complete(UploadId, [big]);
    expect(five.equals(await read())).toBe(true);
  });

  test("does not replace an object that must not be there", async () => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "first" }));
    const UploadId = await create();
    const one = await part(UploadId, 1, "second");
    const refused = refusal(complete(UploadId, [one], { IfNoneMatch: "*" }));
    expect(await refused).toEqual(["PreconditionFailed", 412]);
    expect((await read()).toString()).toBe("first");
    await abort(UploadId);
  });
});

describe("an upload that is none", () => {
  test.each(["nothing", "../objects", "x".repeat(300), ""])(
    "%j is NoSuchUpload",
    async (UploadId) => {
      const one = { PartNumber: 1, ETag: '"x"' };
      expect(await refusal(complete(UploadId || "?", [one]))).toEqual(["NoSuchUpload", 404]);
      expect(await refusal(abort(UploadId || "?"))).toEqual(["NoSuchUpload", 404]);
      expect(await refusal(part(UploadId || "?", 1, "x"))).toEqual(["NoSuchUpload", 404]);
    },
  );

  test("nor is one of another key", async () => {
    const UploadId = await create();
    const own = Key;
    Key = "another";
    expect(await refusal(part(UploadId, 1, "x"))).toEqual(["NoSuchUpload", 404]);
    expect(await refusal(abort(UploadId))).toEqual(["NoSuchUpload", 404]);
    Key = own;
    await abort(UploadId);
  });

  test.each([0, 10_001, -1])("part number %d is refused", async (number) => {
    const UploadId = await create();
    expect(await refusal(part(UploadId, number, "x"))).toEqual(["InvalidArgument", 400]);
    await abort(UploadId);
  });

  test("aborting leaves nothing, not even of a part that arrives meanwhile", async () => {
    const before = await endpoint.files();
    const UploadId = await create();
    await part(UploadId, 1, five);
    await Promise.allSettled([part(UploadId, 2, five), abort(UploadId), part(UploadId, 3, tail)]);
    expect(await endpoint.files()).toEqual(before);
    expect(await refusal(part(UploadId, 4, "late"))).toEqual(["NoSuchUpload", 404]);
    expect(await endpoint.files()).toEqual(before);
  });
});

describe("checksums of parts", () => {
  const said = (ChecksumAlgorithm: "SHA256" | "CRC32C") => ({ ChecksumAlgorithm });

  test.each(["SHA256", "CRC32C"] as const)(
    "%s: of each, and composite of all",
    async (algorithm) => {
      const UploadId = await create(said(algorithm));
      const command = { Bucket, Key, UploadId, PartNumber: 1, Body: tail, ...said(algorithm) };
      const sent = await client.send(new UploadPartCommand(command));
      const field = `Checksum${algorithm}` as const;
      expect(sent[field]).toBeTruthy();
      const { Parts, ChecksumAlgorithm } = await client.send(
        new ListPartsCommand({ Bucket, Key, UploadId }),
      );
      expect([ChecksumAlgorithm, Parts?.[0]?.[field]]).toEqual([algorithm, sent[field]]);
      const done = await complete(UploadId, [
        { PartNumber: 1, ETag: sent.ETag, [field]: sent[field] },
      ]);
      expect(done[field]).toMatch(/-1$/);
    },
  );

  /** An upload of two parts with checksums, ready to be completed. */
  async function begun(algorithm: "SHA256" | "CRC32C" = "SHA256") {
    const UploadId = await create(said(algorithm));
    const parts: CompletedPart[] = [];
    for (const [index, Body] of [five, tail].entries()) {
      const PartNumber = 2 * index + 1;
      const more = { Bucket, Key, UploadId, PartNumber, Body, ...said(algorithm) };
      const { ETag, ChecksumSHA256, ChecksumCRC32C } = await client.send(
        new UploadPartCommand(more),
      );
      parts.push({ PartNumber, ETag, ChecksumSHA256, ChecksumCRC32C });
    }
    const digests = parts.map(({ ChecksumSHA256 = "" }) => Buffer.from(ChecksumSHA256, "base64"));
    const digest = createHash("sha256").update(Buffer.concat(digests)).digest("base64");
    return { UploadId, parts, value: `${digest}-2` };
  }
  const size = five.length + tail.length;

  test("the composite one is taken as it is told, with its type and the size of the object", async () => {
    const { UploadId, parts, value } = await begun();
    const claim = {
      ChecksumSHA256: value,
      ChecksumType: "COMPOSITE",
      MpuObjectSize: size,
    } as const;
    const done = await complete(UploadId, parts, claim);
    const told = { ChecksumSHA256: value, ChecksumType: "COMPOSITE" };
    expect(done).toMatchObject(told);
    expect(await complete(UploadId, parts, claim)).toMatchObject(told);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ ...told, ContentLength: size });
    const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect(got).toMatchObject(told);
    await got.Body?.transformToByteArray();
    const copy = new CopyObjectCommand({ Bucket, Key: `${Key}c`, CopySource: `${Bucket}/${Key}` });
    expect((await client.send(copy)).CopyObjectResult).toMatchObject(told);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    expect(Contents?.map((one) => [one.ChecksumAlgorithm, one.ChecksumType])).toEqual([
      [["SHA256"], "COMPOSITE"],
      [["SHA256"], "COMPOSITE"],
    ]);
  });

  test("the composite one without its count of parts is the same one", async () => {
    const { UploadId, parts, value } = await begun();
    const ChecksumSHA256 = value.replace(/-2$/, "");
    expect(await complete(UploadId, parts, { ChecksumSHA256 })).toMatchObject({
      ChecksumSHA256: value,
    });
  });

  test.each<[string, object, string]>([
    ["another value", { ChecksumSHA256: `${"A".repeat(43)}=-2` }, "BadDigest"],
    ["no base64", { ChecksumSHA256: "?" }, "BadDigest"],
    ["another algorithm", { ChecksumCRC32: "AAAAAA==" }, "InvalidRequest"],
    ["two of them", { ChecksumCRC32: "AAAAAA==", ChecksumSHA1: "x" }, "InvalidRequest"],
    ["one that is not done here", { ChecksumCRC64NVME: "AAAAAAAAAAA=" }, "NotImplemented"],
    ["another type", { ChecksumType: "FULL_OBJECT" }, "InvalidRequest"],
    ["a type that is none", { ChecksumType: "HALF" }, "InvalidRequest"],
    ["another size", { MpuObjectSize: size - 1 }, "InvalidRequest"],
  ])(
    "%s is refused, the upload stays open, and what was completed stays",
    async (_, claim, code) => {
      const { UploadId, parts } = await begun();
      const refused = [code, code === "NotImplemented" ? 501 : 400];
      expect(await refusal(complete(UploadId, parts, claim))).toEqual(refused);
      expect(await refusal(read())).toEqual(["NoSuchKey", 404]);
      await complete(UploadId, parts);
      expect(await refusal(complete(UploadId, parts, claim))).toEqual(refused);
      expect((await read()).length).toBe(size);
    },
  );

  test("an upload without one takes none", async () => {
    const UploadId = await create();
    const parts = [await part(UploadId, 1, tail)];
    for (const claim of [{ ChecksumCRC32: "AAAAAA==-1" }, { ChecksumType: "COMPOSITE" }]) {
      expect(await refusal(complete(UploadId, parts, claim))).toEqual(["InvalidRequest", 400]);
    }
    await complete(UploadId, parts, { MpuObjectSize: tail.length });
    const created = create({ ChecksumType: "COMPOSITE" });
    expect(await refusal(created)).toEqual(["InvalidRequest", 400]);
  });

  test("of each part must be named, and be the one that it has", async () => {
    const { UploadId, parts } = await begun();
    const change = (more: object) => parts.map((one) => ({ ...one, ...more }));
    const cases: [object, string][] = [
      [{ ChecksumSHA256: undefined }, "InvalidRequest"],
      [{ ChecksumCRC32: "AAAAAA==" }, "InvalidPart"],
      [{ ChecksumSHA256: `${"A".repeat(43)}=` }, "InvalidPart"],
    ];
    for (const [more, code] of cases) {
      expect(await refusal(complete(UploadId, change(more)))).toEqual([code, 400]);
    }
    await complete(UploadId, parts);
  });

  test("the attributes of the object tell them, with its parts", async () => {
    const { UploadId, parts, value } = await begun();
    const { ETag } = await complete(UploadId, parts);
    await endpoint.restart();
    const ask = (input: Partial<GetObjectAttributesCommandInput>) =>
      client.send(
        new GetObjectAttributesCommand({
          ...{ Bucket, Key, ObjectAttributes: ["ETag", "Checksum", "ObjectParts", "StorageClass"] },
          ...input,
        }),
      );
    const { $metadata, LastModified, ...whole } = await ask({
      ObjectAttributes: ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"],
    });
    expect(LastModified?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(whole).toMatchObject({
      ETag: ETag?.replaceAll('"', ""),
      Checksum: { ChecksumSHA256: value, ChecksumType: "COMPOSITE" },
      StorageClass: "STANDARD",
      ObjectSize: size,
      ObjectParts: { TotalPartsCount: 2, IsTruncated: false, MaxParts: 1000 },
    });
    const told = parts.map(({ PartNumber, ChecksumSHA256 }, i) => ({
      ...{ PartNumber, ChecksumSHA256, Size: i === 0 ? five.length : tail.length },
    }));
    expect(whole.ObjectParts?.Parts).toEqual(told);
    const first = await ask({ MaxParts: 1, ObjectAttributes: ["ObjectParts"] });
    expect(first.ObjectParts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "1" });
    expect(first).not.toHaveProperty("ETag");
    const next = await ask({ PartNumberMarker: first.ObjectParts?.NextPartNumberMarker });
    expect(next.ObjectParts?.Parts).toEqual(told.slice(1));
    await client.send(new PutObjectCommand({ Bucket, Key: "one piece", Body: "x" }));
    const single = await ask({ Key: "one piece" });
    expect(single.ObjectParts).toBeUndefined();
    expect(single.Checksum?.ChecksumType).toBe("FULL_OBJECT");
    expect(await refusal(ask({ Key: "nowhere" }))).toEqual(["NoSuchKey", 404]);
    const wrong = ask({ ObjectAttributes: ["Weight" as "ETag"] });
    expect(await refusal(wrong)).toEqual(["InvalidArgument", 400]);
  });

  test("open uploads and their parts tell the kind, and who began them", async () => {
    const { UploadId } = await begun("CRC32C");
    const kind = { ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" };
    const Owner = { ID: "embedded", DisplayName: "embedded" };
    const listed = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed).toMatchObject({ ...kind, Owner, Initiator: Owner });
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    expect(Uploads).toMatchObject([{ ...kind, Owner, Initiator: Owner }]);
    await abort(UploadId);
  });

  test("are demanded where the upload was begun with them", async () => {
    const UploadId = await create(said("SHA256"));
    expect(await refusal(part(UploadId, 1, "x"))).toEqual(["InvalidRequest", 400]);
    await abort(UploadId);
  });

  test("of the whole object are not done here", async () => {
    const created = create({ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    expect(await refusal(created)).toEqual(["NotImplemented", 501]);
  });
});

test("a part of no upload is none, and never a whole object", async () => {
  const query = { partNumber: "1" };
  const headers = { "content-length": "1" };
  const answer = await send(endpoint.url, { key: "no upload", query, headers }, "x");
  expect([answer.status, answer.code]).toEqual([404, "NoSuchUpload"]);
});

test("a part that is a copy is not done here", async () => {
  const UploadId = await create();
  const CopySource = `${Bucket}/x`;
  const copy = new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource });
  expect(await refusal(client.send(copy))).toEqual(["NotImplemented", 501]);
  await abort(UploadId);
});

describe("what is under way", () => {
  test("is listed in pages, and survives a restart", async () => {
    const UploadId = await create({ Metadata: { kept: "yes" } });
    const parts: CompletedPart[] = [];
    for (const number of [1, 2, 3, 5, 8]) parts.push(await part(UploadId, number, five));
    await endpoint.restart();
    const found: (number | undefined)[] = [];
    const pages = paginateListParts({ client, pageSize: 2 }, { Bucket, Key, UploadId });
    for await (const { Parts = [] } of pages) {
      expect(Parts.length).toBeLessThanOrEqual(2);
      found.push(...Parts.map(({ PartNumber }) => PartNumber));
      expect(Parts.every(({ Size, ETag }) => Size === five.length && ETag === parts[0]?.ETag)).toBe(
        true,
      );
    }
    expect(found).toEqual([1, 2, 3, 5, 8]);
    await complete(UploadId, parts);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentLength: 5 * five.length, Metadata: { kept: "yes" } });
    await endpoint.restart();
    expect(await refusal(abort(UploadId))).toEqual(["NoSuchUpload", 404]);
  });

  test("uploads are listed by key, in pages, several of one key included", async () => {
    const own = await startEndpoint();
    client = own.client();
    const ids: string[] = [];
    for (Key of ["c", "a/1", "a/1", "b", "a/2"]) ids.push(await create());
    const list = (input = {}) => client.send(new ListMultipartUploadsCommand({ Bucket, ...input }));
    const all: (string | undefined)[] = [];
    let marker = {};
    for (;;) {
      const page = await list({ MaxUploads: 1, ...marker });
      all.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
      if (!page.IsTruncated) break;
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    expect(all.toSorted()).toEqual(ids.toSorted());
    const keys = async (input: object) => (await list(input)).Uploads?.map((upload) => upload.Key);
    expect(await keys({ Prefix: "a/" })).toEqual(["a/1", "a/1", "a/2"]);
    expect(await keys({ KeyMarker: "a/2" })).toEqual(["b", "c"]);
    const rolled = await list({ Delimiter: "/" });
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    const after = await list({ Delimiter: "/", KeyMarker: "a/" });
    expect(after.CommonPrefixes).toBeUndefined();
    expect(after.Uploads?.map((upload) => upload.Key)).toEqual(["b", "c"]);
    await own.stop();
    client = endpoint.client();
  });
});

test("lib-storage uploads a stream with it", async () => {
  async function* chunks() {
    for (let i = 0; i < 12; i++) yield five.subarray(0, MIB);
  }
  const { Readable } = await import("node:stream");
  const params = { Bucket, Key, Body: Readable.from(chunks()) };
  await new Upload({ client, params, queueSize: 2 }).done();
  const expected = createHash("md5");
  for await (const chunk of chunks()) expected.update(chunk);
  expect(md5(await read()).equals(expected.digest())).toBe(true);
});
