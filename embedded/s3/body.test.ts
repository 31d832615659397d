import { createHash } from "node:crypto";
import {
  type ChecksumAlgorithm,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { algorithms, digestOf } from "./checksums.ts";
import { unframe } from "./chunked.ts";
import { S3Error } from "./errors.ts";
import { Bucket, bytes, type Endpoint, startEndpoint } from "./s3.fixture.ts";
import { send, type Wire } from "./signer.fixture.ts";
import { signingKey } from "./sigv4.ts";

let endpoint: Endpoint;
let client: S3Client;
beforeAll(async () => {
  endpoint = await startEndpoint();
  client = endpoint.client();
});
afterAll(() => endpoint.stop());

const base64 = (algorithm: string, body: string) =>
  createHash(algorithm).update(body).digest("base64");
const hex = (body: string) => createHash("sha256").update(body).digest("hex");

describe("checksums", () => {
  test.each([
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
  ] as const)("%s of 123456789", (algorithm, expected) => {
    const digest = digestOf(algorithm);
    digest.update(Buffer.from("123456789"));
    expect(digest.digest().toString("hex")).toBe(expected);
  });

  test("are the same however the bytes come", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }).map((piece) => Buffer.from(piece)));
    fc.assert(
      fc.property(fc.constantFrom(...algorithms), pieces, (algorithm, all) => {
        const [whole, parts] = [digestOf(algorithm), digestOf(algorithm)];
        whole.update(Buffer.concat(all));
        for (const piece of all) parts.update(piece);
        expect(parts.digest().equals(whole.digest())).toBe(true);
      }),
    );
  });

  test.each(algorithms)("%s is verified, stored, and told where it is asked for", async (name) => {
    const algorithm: ChecksumAlgorithm = name;
    const Key = `sum ${name}`;
    const field = `Checksum${name}` as const;
    const put = { Bucket, Key, Body: "hello", ChecksumAlgorithm: algorithm };
    const sent = await client.send(new PutObjectCommand(put));
    const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    expect([got[field], got.ChecksumType]).toEqual([sent[field], "FULL_OBJECT"]);
    expect(await got.Body?.transformToString()).toBe("hello");
    const silent = endpoint.client({ responseChecksumValidation: "WHEN_REQUIRED" });
    const quiet = await silent.send(new GetObjectCommand({ Bucket, Key }));
    expect(quiet[field]).toBeUndefined();
  });
});

describe("a body that is not what was said", () => {
  const length = { "content-length": "5" };
  const framed = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "5",
    "transfer-encoding": "chunked",
  };
  const withTrailer = { ...framed, "x-amz-trailer": "x-amz-checksum-crc32" };
  const crc32 = "NhCmhg==";

  test.each<[string, Wire["headers"], string, string, number]>([
    [
      "its hash",
      { ...length, "x-amz-content-sha256": hex("other") },
      "hello",
      "XAmzContentSHA256Mismatch",
      400,
    ],
    [
      "a hash that is none",
      { ...length, "x-amz-content-sha256": "abc" },
      "hello",
      "InvalidArgument",
      400,
    ],
    [
      "an unknown framing",
      { ...length, "x-amz-content-sha256": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" },
      "hello",
      "NotImplemented",
      501,
    ],
    [
      "Content-MD5",
      { ...length, "content-md5": base64("md5", "other") },
      "hello",
      "BadDigest",
      400,
    ],
    [
      "a Content-MD5 that is none",
      { ...length, "content-md5": "abc" },
      "hello",
      "InvalidDigest",
      400,
    ],
    ["CRC32", { ...length, "x-amz-checksum-crc32": "AAAAAA==" }, "hello", "BadDigest", 400],
    [
      "SHA-256",
      { ...length, "x-amz-checksum-sha256": base64("sha256", "other") },
      "hello",
      "BadDigest",
      400,
    ],
    [
      "SHA-1",
      { ...length, "x-amz-checksum-sha1": base64("sha1", "other") },
      "hello",
      "BadDigest",
      400,
    ],
    ["CRC32C", { ...length, "x-amz-checksum-crc32c": "AAAAAA==" }, "hello", "BadDigest", 400],
    [
      "a checksum of another length",
      { ...length, "x-amz-checksum-crc32": "AAAA" },
      "hello",
      "InvalidRequest",
      400,
    ],
    [
      "two checksums",
      { ...length, "x-amz-checksum-crc32": crc32, "x-amz-checksum-sha1": base64("sha1", "hello") },
      "hello",
      "InvalidRequest",
      400,
    ],
    [
      "a checksum we do not know",
      { ...length, "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" },
      "hello",
      "NotImplemented",
      501,
    ],
    [
      "a checksum nobody knows",
      { ...length, "x-amz-checksum-crc1": "AA==" },
      "hello",
      "InvalidRequest",
      400,
    ],
    [
      "an algorithm without its value",
      { ...length, "x-amz-sdk-checksum-algorithm": "CRC32" },
      "hello",
      "InvalidRequest",
      400,
    ],
    ["no length", { "transfer-encoding": "chunked" }, "hello", "MissingContentLength", 411],
    [
      "more than 5 GiB",
      { ...framed, "x-amz-decoded-content-length": String(5 * 1024 ** 3 + 1) },
      "",
      "EntityTooLarge",
      400,
    ],
    [
      "a trailer",
      withTrailer,
      "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
      "BadDigest",
      400,
    ],
    ["a trailer that does not come", withTrailer, "5\r\nhello\r\n0\r\n\r\n", "InvalidRequest", 400],
    ["a decoded length, shorter", framed, "6\r\nhello!\r\n0\r\n\r\n", "IncompleteBody", 400],
    ["a decoded length, longer", framed, "4\r\nhell\r\n0\r\n\r\n", "IncompleteBody", 400],
    ["no end of its framing", framed, "5\r\nhello\r\n", "IncompleteBody", 400],
    ["a chunk that breaks off", framed, "5\r\nhel", "IncompleteBody", 400],
    ["a chunk longer than it says", framed, "4\r\nhello\r\n0\r\n\r\n", "InvalidRequest", 400],
    ["no framing at all", framed, "hello", "IncompleteBody", 400],
    ["a size that is none", framed, "zz\r\nhello\r\n0\r\n\r\n", "InvalidRequest", 400],
    ["more after its end", framed, "5\r\nhello\r\n0\r\n\r\nmore", "InvalidRequest", 400],
    ["an endless line", framed, "5".repeat(20_000), "InvalidRequest", 400],
  ])("%s", async (_, headers, body, code, status) => {
    const before = await endpoint.files();
    const answer = await send(endpoint.url, { key: "bad", headers }, body);
    expect([answer.code, answer.status]).toEqual([code, status]);
    expect(await endpoint.files()).toEqual(before);
  });

  test("and one that is, in all these ways", async () => {
    const right = {
      ...length,
      "x-amz-content-sha256": hex("hello"),
      "content-md5": base64("md5", "hello"),
      "x-amz-checksum-crc32": crc32,
    };
    expect((await send(endpoint.url, { key: "good", headers: right }, "hello")).status).toBe(200);
    const body = `2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:${crc32}\r\n\r\n`;
    const headers = { ...withTrailer, "content-encoding": "gzip, aws-chunked" };
    expect((await send(endpoint.url, { key: "good", headers }, body)).status).toBe(200);
    const got = await send(endpoint.url, { method: "GET", key: "good" });
    expect([got.text, got.headers["content-encoding"]]).toEqual(["hello", "gzip"]);
  });
});

describe("a signed stream", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: AWS's own example.
  const seed = {
    signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    date: "20130524T000000Z",
    scope: "20130524/us-east-1/s3/aws4_request",
    key: signingKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1"),
  };
  const chunk = (size: number, signature: string) =>
    `${size.toString(16)};chunk-signature=${signature}\r\n${"a".repeat(size)}\r\n`;
  const body = [
    chunk(65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    chunk(1_024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
  ].join("");

  async function read(text: string): Promise<string> {
    const verified = { payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", presigned: false, seed };
    async function* source() {
      for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000));
    }
    let all = "";
    try {
      for await (const piece of unframe(source(), verified, new Map())) all += piece;
    } catch (error) {
      if (error instanceof S3Error) return error.code;
      throw error;
    }
    return all;
  }

  test("is AWS's example, byte for byte", async () => {
    expect(await read(body)).toBe("a".repeat(66_560));
  });

  test.each([
    ["a byte", (text: string) => text.replace("aaa", "aab")],
    ["a signature", (text: string) => text.replace("=ad80", "=ad81")],
    ["the last signature", (text: string) => text.replace("=b6c6", "=b6c7")],
    ["no signature", (text: string) => text.replace(/;chunk-signature=\w+/, "")],
  ])("with %s changed is refused", async (_, change) => {
    expect(await read(change(body))).toBe("SignatureDoesNotMatch");
  });
});

test("a framing comes off whatever pieces the bytes arrive in", async () => {
  const body = bytes(3_000);
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(cuts, cuts, async (chunks, arrivals) => {
      const framed: Buffer[] = [];
      let at = 0;
      for (let i = 0; at < body.length; i++) {
        const piece = body.subarray(at, at + (chunks[i % chunks.length] ?? 1));
        at += piece.length;
        framed.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
      }
      framed.push(Buffer.from("0\r\na: b\r\n\r\n"));
      const wire = Buffer.concat(framed);
      async function* source() {
        for (let i = 0, from = 0; from < wire.length; i++) {
          const to = from + (arrivals[i % arrivals.length] ?? 1);
          yield wire.subarray(from, to);
          from = to;
        }
      }
      const seed = { signature: "", date: "", scope: "", key: Buffer.alloc(0) };
      const payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
      const trailers = new Map<string, string>();
      const got: Buffer[] = [];
      for await (const piece of unframe(source(), { payload, presigned: false, seed }, trailers)) {
        got.push(Buffer.from(piece));
      }
      expect(Buffer.concat(got).equals(body)).toBe(true);
      expect([...trailers]).toEqual([["a", "b"]]);
    }),
    { numRuns: 60 },
  );
});
