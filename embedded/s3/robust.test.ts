import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open as openFile, readdir, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Blobs } from "./blobs.ts";
import { Bucket, bytes, type Endpoint, refusal, startEndpoint } from "./s3.fixture.ts";
import { open, send, told } from "./signer.fixture.ts";

const MIB = 1024 * 1024;
let endpoint: Endpoint;
let client: S3Client;
beforeAll(async () => {
  endpoint = await startEndpoint();
  client = endpoint.client();
});
afterAll(() => endpoint.stop());

const put = (Key: string, Body: string | Buffer) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body }));

describe("an upload that breaks off", () => {
  test("leaves nothing, wherever it does, and what was there stays", async () => {
    await put("steady", "before");
    const before = await endpoint.files();
    const body = bytes(3 * MIB);
    const cut = fc.integer({ min: 0, max: body.length - 1 });
    const kind = fc.constantFrom("put", "part", "form");
    await fc.assert(
      fc.asyncProperty(cut, kind, async (at, what) => {
        const { request, close } = await begin(what, body.length);
        request.write(body.subarray(0, at));
        request.once("error", () => request.destroy());
        await vi.waitFor(() => expect(request.writableLength).toBe(0));
        request.destroy();
        await close();
        await vi.waitFor(async () => expect((await endpoint.files()).tmp).toBe(0), 5_000);
      }),
      { numRuns: 25 },
    );
    expect(await endpoint.files()).toEqual(before);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "steady" }));
    expect(await Body?.transformToString()).toBe("before");
  });

  /** A request that has yet to send `length` bytes, and what to do once it has broken off. */
  async function begin(what: string, length: number) {
    const headers = { "content-length": String(length) };
    if (what === "put") {
      const request = await open(endpoint.url, { key: "steady", headers });
      return { request, close: async () => undefined };
    }
    if (what === "form") return { request: await form(length), close: async () => undefined };
    const command = new CreateMultipartUploadCommand({ Bucket, Key: "steady" });
    const uploadId = (await client.send(command)).UploadId ?? "";
    const query = { partNumber: "1", uploadId };
    const request = await open(endpoint.url, { key: "steady", query, headers });
    const abort = { method: "DELETE", key: "steady", query: { uploadId } };
    return { request, close: async () => void (await send(endpoint.url, abort)) };
  }

  async function form(length: number) {
    const { url, fields } = await createPresignedPost(client, { Bucket, Key: "steady" });
    const part = (name: string, rest: string) =>
      `--x\r\ncontent-disposition: form-data; name="${name}"${rest}`;
    const before = Object.entries(fields).map(([name, value]) =>
      part(name, `\r\n\r\n${value}\r\n`),
    );
    const head = `${before.join("")}${part("file", '; filename="f"')}\r\n\r\n`;
    const request = httpRequest(url, {
      method: "POST",
      agent: false,
      headers: {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": head.length + length,
      },
    });
    request.write(head);
    return request;
  }

  test("of stop() as well", async () => {
    const own = await startEndpoint();
    const request = await open(own.url, { key: "cut", headers: { "content-length": "5000000" } });
    const failed = once(request, "error");
    request.write(bytes(2 * MIB));
    await vi.waitFor(async () => expect((await own.files()).tmp).toBe(1), 5_000);
    await own.restart();
    await failed;
    expect(await own.files()).toEqual({ blobs: 0, objects: 0, uploads: 0, tmp: 0 });
    await own.stop();
  });
});

describe("what a kill -9 leaves", () => {
  test("is gone at the next start: temporary files, and bytes of no object", async () => {
    const own = await startEndpoint();
    await own.client().send(new PutObjectCommand({ Bucket, Key: "kept", Body: "kept" }));
    await writeFile(join(own.dataDir, "tmp", "half"), "half an upload");
    await writeFile(join(own.dataDir, "blobs", "00", "00-orphan"), "an object's bytes, without it");
    await mkdir(join(own.dataDir, "uploads", "begun-and-no-more"));
    await own.restart();
    expect(await own.files()).toEqual({ blobs: 1, objects: 1, uploads: 0, tmp: 0 });
    expect(await readdir(join(own.dataDir, "uploads"))).toEqual([]);
    const { Body } = await own.client().send(new GetObjectCommand({ Bucket, Key: "kept" }));
    expect(await Body?.transformToString()).toBe("kept");
    await own.stop();
  });

  test("is no object that was not answered, and every one that was", async () => {
    const own = await startEndpoint();
    await own.restart();
    const code = `
      import { startS3 } from "./embedded/s3/index.ts";
      const { endpoint } = await startS3(JSON.parse(process.env.S3_OPTIONS));
      process.stdout.write(endpoint);`;
    const options = {
      dataDir: join(own.dataDir, "other"),
      port: 0,
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "a secret/for+tests",
      bucket: Bucket,
    };
    const start = async () => {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "-e", code],
        {
          env: { ...process.env, S3_OPTIONS: JSON.stringify(options) },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      const [url] = await once(child.stdout, "data");
      return { child, url: String(url) };
    };
    const first = await start();
    const answered: string[] = [];
    const writing = (async () => {
      for (let i = 0; ; i++) {
        const headers = { "content-length": "200000" };
        const { status } = await send(first.url, { key: `k${i}`, headers }, bytes(200_000, i));
        if (status === 200) answered.push(`k${i}`);
        if (answered.length === 10) first.child.kill("SIGKILL");
      }
    })();
    await expect(writing).rejects.toThrow();
    const second = await start();
    for (const key of answered) {
      const head = await send(second.url, { method: "HEAD", key });
      expect([head.status, head.headers["content-length"]]).toEqual([200, "200000"]);
    }
    expect(await readdir(join(options.dataDir, "tmp"))).toEqual([]);
    second.child.kill("SIGKILL");
    await own.stop();
  });

  test("never is a damaged record; where one is found, the start says which", async () => {
    const own = await startEndpoint();
    await writeFile(join(own.dataDir, "objects", "damaged.json"), "{");
    await expect(own.restart()).rejects.toThrow(/damaged\.json is damaged\. Move it away/);
    await rm(join(own.dataDir, "objects", "damaged.json"));
    await own.restart();
    await own.stop();
  });
});

describe("a disk that is full", () => {
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  /** What all file handles have in common. */
  async function handles() {
    const file = await openFile(join(endpoint.dataDir, "probe"), "w");
    await file.close();
    return Object.getPrototypeOf(file);
  }

  test.each(["writev", "datasync", "writeFile"] as const)(
    "at %s: 507, and nothing is left",
    async (method) => {
      const key = `full at ${method}`;
      const before = await endpoint.files();
      const spy = vi.spyOn(await handles(), method).mockRejectedValueOnce(full);
      const refused = refusal(put(key, bytes(2 * MIB)));
      expect(await refused).toEqual(["InsufficientStorage", 507]);
      spy.mockRestore();
      expect(await endpoint.files()).toEqual(before);
      expect(await refusal(client.send(new HeadObjectCommand({ Bucket, Key: key })))).toEqual([
        "NotFound",
        404,
      ]);
      await put(key, "now there is room");
    },
  );

  test("that takes a part of a batch gets the rest of it", async () => {
    const prototype = await handles();
    const { writev } = prototype;
    const spy = vi.spyOn(prototype, "writev").mockImplementationOnce(async function (
      this: unknown,
      ...all: unknown[]
    ) {
      const [first] = all[0] as Buffer[];
      return writev.call(this, [first?.subarray(0, 10)]);
    });
    const body = bytes(100_000);
    await put("partly", body);
    spy.mockRestore();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "partly" }));
    expect(body.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  });
});

describe("memory", () => {
  test("holds two batches of a writer at most, however much comes", async () => {
    const blobs = await Blobs.open(join(endpoint.dataDir, "memory"));
    const chunk = Buffer.alloc(64 * 1024);
    async function* source() {
      for (let i = 0; i < (64 * MIB) / chunk.length; i++) yield chunk;
    }
    const { size } = await blobs.write(source());
    expect(size).toBe(64 * MIB);
    expect(blobs.held.peak).toBeGreaterThan(MIB);
    expect(blobs.held.peak).toBeLessThanOrEqual(2 * MIB + chunk.length);
    expect(blobs.held.now).toBe(0);
  });

  test("stays flat for an object of 300 MB, on the way in and out", async () => {
    const chunk = Buffer.alloc(MIB, 1);
    const count = 300;
    const before = process.memoryUsage().rss;
    let peak = before;
    const look = () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    };
    const headers = { "content-length": String(count * MIB) };
    const request = await open(endpoint.url, { key: "large", headers });
    const answer = told(request);
    for (let i = 0; i < count; i++) {
      if (!request.write(chunk)) await once(request, "drain");
      look();
    }
    request.end();
    expect((await answer).status).toBe(200);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "large" }));
    let size = 0;
    for await (const piece of Body as AsyncIterable<Buffer>) {
      size += piece.length;
      look();
    }
    expect(size).toBe(count * MIB);
    expect((peak - before) / MIB).toBeLessThan(150);
  });
});

describe("100 Continue", () => {
  const headers = (length: number) => ({
    "content-length": String(length),
    expect: "100-continue",
  });

  test("is said to who may send, and the body is asked for", async () => {
    const request = await open(endpoint.url, { key: "asked", headers: headers(5) });
    const answer = told(request);
    request.flushHeaders();
    await once(request, "continue");
    request.end("hello");
    expect((await answer).status).toBe(200);
  });

  test.each<[Record<string, string>, number, string]>([
    [{ "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" }, 501, "NotImplemented"],
    [{ "if-none-match": "*" }, 412, "PreconditionFailed"],
    [{ "if-match": '"another"' }, 412, "PreconditionFailed"],
  ])("is not said to who may not send %j", async (wrong, status, code) => {
    await put("asked", "is there");
    const all = { ...headers(5_000_000), ...wrong };
    const request = await open(endpoint.url, { key: "asked", headers: all });
    let asked = false;
    request.once("continue", () => {
      asked = true;
    });
    const answer = told(request);
    request.flushHeaders();
    expect(await answer).toMatchObject({ status, code });
    expect(asked).toBe(false);
    request.destroy();
  });
});

describe("readers", () => {
  test("keep what they read, though it is replaced and deleted meanwhile", async () => {
    const body = bytes(8 * MIB);
    await put("read", body);
    const files = await endpoint.files();
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "read" }));
    await put("read", "another");
    await send(endpoint.url, { method: "DELETE", key: "read" });
    expect(body.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    await vi.waitFor(async () => {
      expect((await endpoint.files()).blobs).toBe(files.blobs - 1);
    }, 5_000);
  });

  test("that leave let go of it", async () => {
    await put("left", bytes(8 * MIB));
    const files = await endpoint.files();
    const request = await open(endpoint.url, { method: "GET", key: "left" });
    request.end();
    await once(request, "response");
    request.destroy();
    await send(endpoint.url, { method: "DELETE", key: "left" });
    await vi.waitFor(async () => {
      expect((await endpoint.files()).blobs).toBe(files.blobs - 1);
    }, 5_000);
  });
});

/** The settings of a bucket, by the parameter that chooses them. */
const SETTINGS = [
  ...["accelerate", "acl", "analytics", "cors", "encryption", "intelligent-tiering", "inventory"],
  ...["lifecycle", "logging", "metrics", "notification", "object-lock", "ownershipControls"],
  ...["policy", "publicAccessBlock", "replication", "requestPayment", "tagging", "versioning"],
  ...["website", "abac"],
];

describe("what is not done here", () => {
  test.each([
    ["GET", "versionId", "torrent", "versioning", "policy", "restore"],
    ["PUT", "acl", "tagging", "retention", "legal-hold", "renameObject", "encryption"],
    ["POST", "restore", "select"],
    ["DELETE", "tagging", "versionId"],
  ])(
    "%s of an object with a parameter that asks for more is NotImplemented",
    async (method, ...names) => {
      for (const name of names) await expectNotImplemented(method, "a", name);
    },
  );

  test.each([
    ["GET", "versions", "abac", "metadataConfiguration", "metadataTable", "session"],
    ["PUT", ...SETTINGS],
    ["DELETE", ...SETTINGS],
    ["POST", "metadataConfiguration", "metadataTable"],
  ])("%s of the bucket with a parameter that asks for more as well", async (method, ...names) => {
    for (const name of names) await expectNotImplemented(method, "", name);
  });

  async function expectNotImplemented(method: string, key: string, name: string) {
    const headers = { "content-length": "0" };
    const answer = await send(endpoint.url, { method, key, query: { [name]: "" }, headers });
    expect([name, answer.code, answer.status]).toEqual([name, "NotImplemented", 501]);
    expect(answer.text).toContain(name);
  }

  test.each([
    ["x-amz-acl", "public-read", 501],
    ["x-amz-acl", "private", 200],
    ["x-amz-server-side-encryption", "AES256", 501],
    ["x-amz-tagging", "a=b", 501],
    ["x-amz-storage-class", "GLACIER", 501],
    ["x-amz-storage-class", "STANDARD", 200],
    ["x-amz-object-lock-mode", "GOVERNANCE", 501],
    ["x-amz-grant-read", "id=1", 501],
    ["x-amz-expected-bucket-owner", "111122223333", 501],
    ["x-amz-write-offset-bytes", "0", 501],
    ["x-amz-mfa", "20899872 301749", 501],
  ])("%s: %s is %d", async (name, value, status) => {
    const headers = { "content-length": "1", [name]: value };
    expect((await send(endpoint.url, { key: "asks", headers }, "x")).status).toBe(status);
  });

  test.each([
    ["PATCH", "key", 405, "MethodNotAllowed"],
    ["PATCH", "", 405, "MethodNotAllowed"],
    ["DELETE", "", 501, "NotImplemented"],
    ["POST", "key", 501, "NotImplemented"],
  ])("%s of %j is %d", async (method, key, status, code) => {
    const answer = await send(endpoint.url, { method, key });
    expect([answer.status, answer.code]).toEqual([status, code]);
    if (status === 405) expect(answer.headers.allow).toBeTruthy();
  });

  test("more metadata than 2 KB is refused", async () => {
    const headers = { "content-length": "1", "x-amz-meta-a": "x".repeat(2048) };
    expect((await send(endpoint.url, { key: "meta", headers }, "x")).code).toBe("MetadataTooLarge");
  });
});

test("a request line that is no URI is refused, and the connection goes on", async () => {
  const { hostname, port } = new URL(endpoint.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  socket.write(
    "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\nGET /%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  await once(socket, "close");
  expect(text.match(/<Code>InvalidURI<\/Code>/g)).toHaveLength(2);
});

test("who is refused may send on for a while: a connection that is cut would lose the answer", async () => {
  const { hostname, port } = new URL(endpoint.url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  const size = 16 * MIB;
  socket.write(`PUT /${Bucket}/a HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
  const [answer] = await once(socket, "data");
  expect(answer).toContain("403 Forbidden");
  const closed = once(socket, "close");
  for (let i = 0; i < 16; i++) {
    if (!socket.write(Buffer.alloc(MIB))) await Promise.race([once(socket, "drain"), closed]);
  }
  expect(await closed).toEqual([false]);
  expect(socket.bytesWritten).toBeGreaterThan(size);
});
