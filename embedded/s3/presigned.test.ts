import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bucket, bytes, type Endpoint, origin, refusalOf, startEndpoint } from "./s3.fixture.ts";

/** Our clock, which the tests turn; the signer's is the real one. */
let offset = 0;
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint({ now: () => new Date(Date.now() + offset) });
});
afterAll(() => endpoint.stop());

/** Without it the SDK signs the checksum of an empty body into the address. */
const client = () => endpoint.client({ requestChecksumCalculation: "WHEN_REQUIRED" });

async function stored(Key: string): Promise<string | undefined> {
  const { Body } = await client().send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
}

async function absent(Key: string): Promise<boolean> {
  const head = client().send(new HeadObjectCommand({ Bucket, Key }));
  return head.then(
    () => false,
    ({ name }) => name === "NotFound",
  );
}

async function at<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  offset = seconds * 1000;
  try {
    return await work();
  } finally {
    offset = 0;
  }
}

describe("a presigned PUT", () => {
  const signableHeaders = new Set(["content-type", "content-length"]);
  const presign = (Key: string, more = {}) =>
    getSignedUrl(client(), new PutObjectCommand({ Bucket, Key, ...more }), {
      expiresIn: 60,
      signableHeaders,
    });
  const send = (url: string, body = "hello", type = "text/plain") =>
    fetch(url, { method: "PUT", body, headers: { "content-type": type } });
  const said = { ContentType: "text/plain", ContentLength: 5 };

  test("stores what was signed", async () => {
    const answer = await send(await presign("put", said));
    expect([answer.status, await stored("put")]).toEqual([200, "hello"]);
    expect(answer.headers.get("etag")).toBe('"5d41402abc4b2a76b9719d911017c592"');
  });

  test.each<[string, (url: string) => Promise<Response>, string]>([
    ["another type", (url) => send(url, "hello", "text/html"), "SignatureDoesNotMatch"],
    ["a longer body", (url) => send(url, "hello!"), "SignatureDoesNotMatch"],
    ["a shorter body", (url) => send(url, "hell"), "SignatureDoesNotMatch"],
    ["another key", (url) => send(url.replace("/refused", "/other")), "SignatureDoesNotMatch"],
    ["another method", (url) => fetch(url), "SignatureDoesNotMatch"],
    [
      "a longer life",
      (url) => send(url.replace("Expires=60", "Expires=600")),
      "SignatureDoesNotMatch",
    ],
    [
      "one more header",
      (url) =>
        fetch(url, {
          method: "PUT",
          body: "hello",
          headers: { "content-type": "text/plain", "x-amz-meta-a": "b" },
        }),
      "AccessDenied",
    ],
    [
      "a bucket that is none",
      (url) => send(url.replace("/bucket/", "/other/")),
      "SignatureDoesNotMatch",
    ],
  ])("with %s is refused, and leaves nothing", async (_, attempt, code) => {
    const before = await endpoint.files();
    const answer = await attempt(await presign("refused", said));
    expect(await refusalOf(answer)).toEqual([code, 403]);
    expect(await absent("refused")).toBe(true);
    expect(await endpoint.files()).toEqual(before);
  });

  test("has expired after its time", async () => {
    const url = await presign("late", said);
    const answer = await at(62, () => send(url));
    const text = await answer.clone().text();
    expect(await refusalOf(answer)).toEqual(["AccessDenied", 403]);
    expect(text).toContain("<Message>Request has expired</Message>");
  });

  test("with the checksum of an empty body in its address, as the SDK's default has it, is BadDigest", async () => {
    const url = await getSignedUrl(endpoint.client(), new PutObjectCommand({ Bucket, Key: "crc" }));
    expect(url).toContain("x-amz-checksum-crc32=AAAAAA");
    expect(await refusalOf(await send(url))).toEqual(["BadDigest", 400]);
    expect((await send(url, "")).status).toBe(200);
  });

  test("says what was signed, so that a mistake can be found", async () => {
    const url = await presign("shown", said);
    const text = await (await send(`${url}&x=y`)).text();
    expect(text).toContain("<CanonicalRequest>PUT&#xa;/bucket/shown&#xa;");
    expect(text).toContain("<StringToSign>AWS4-HMAC-SHA256&#xa;");
    expect(text).not.toContain("a secret");
  });

  test("works for a part", async () => {
    const put = await client().send(new PutObjectCommand({ Bucket, Key: "x", Body: "" }));
    expect(put.ETag).toBeTruthy();
    const command = new UploadPartCommand({ Bucket, Key: "x", UploadId: "none", PartNumber: 1 });
    expect(await refusalOf(await send(await getSignedUrl(client(), command)))).toEqual([
      "NoSuchUpload",
      404,
    ]);
  });
});

describe("a form with a policy", () => {
  const policy = (Key: string, more: Partial<PresignedPostOptions> = {}) =>
    createPresignedPost(client(), {
      Bucket,
      Key,
      Expires: 60,
      Conditions: [["content-length-range", 2, 100_000]],
      ...more,
    });

  async function post(
    { url, fields }: Awaited<ReturnType<typeof policy>>,
    change: Record<string, string | undefined> = {},
    file: BlobPart = "hello",
  ): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...change })) {
      if (value !== undefined) form.append(name, value);
    }
    form.append("file", new Blob([file], { type: "text/plain" }), "../näme.txt");
    return fetch(url, { method: "POST", body: form, headers: { origin } });
  }

  test("stores the file, with what its fields say about it", async () => {
    const fields = { "Content-Type": "image/png", "x-amz-meta-who": "né" };
    const answer = await post(await policy("post", { Fields: fields }));
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(answer.headers.get("etag")).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    const got = await client().send(new GetObjectCommand({ Bucket, Key: "post" }));
    expect(got.ContentType).toBe("image/png");
    expect(Buffer.from(got.Metadata?.who ?? "", "latin1").toString()).toBe("né");
    expect(await got.Body?.transformToString()).toBe("hello");
  });

  test("puts the file's name where the key has a place for it", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own placeholder
    const given = await policy("named/${filename}");
    expect((await post(given)).status).toBe(204);
    expect(await stored("named/näme.txt")).toBe("hello");
  });

  test.each([
    ["200", 200, ""],
    ["201", 201, "<Key>status</Key>"],
    ["204", 204, ""],
    ["418", 204, ""],
  ])("success_action_status %s", async (success_action_status, status, text) => {
    const answer = await post(await policy("status", { Fields: { success_action_status } }));
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });

  const type = { Fields: { "Content-Type": "text/plain" } };
  const startsWith = (prefix: string): Partial<PresignedPostOptions> => ({
    ...type,
    Conditions: [["starts-with", "$Content-Type", prefix]],
  });
  test.each<
    [
      string,
      Partial<PresignedPostOptions>,
      Record<string, string | undefined>,
      BlobPart,
      [string, number],
    ]
  >([
    ["another key", {}, { key: "other" }, "hello", ["AccessDenied", 403]],
    ["another type", type, { "Content-Type": "text/html" }, "hello", ["AccessDenied", 403]],
    ["no type", type, { "Content-Type": undefined }, "hello", ["AccessDenied", 403]],
    ["a type that begins otherwise", startsWith("image/"), {}, "hello", ["AccessDenied", 403]],
    ["a field of no condition", {}, { "x-amz-meta-a": "b" }, "hello", ["AccessDenied", 403]],
    [
      "a redirect of no condition",
      {},
      { success_action_redirect: "http://evil.example" },
      "hello",
      ["AccessDenied", 403],
    ],
    ["an ACL", { Fields: { acl: "public-read" } }, {}, "hello", ["NotImplemented", 501]],
    [
      "a file that is too large",
      {},
      {},
      bytes(100_001) as unknown as BlobPart,
      ["EntityTooLarge", 400],
    ],
    ["a file that is too small", {}, {}, "x", ["EntityTooSmall", 400]],
    [
      "no policy",
      {},
      { Policy: undefined, "X-Amz-Signature": undefined },
      "hello",
      ["AccessDenied", 403],
    ],
    ["no signature", {}, { "X-Amz-Signature": undefined }, "hello", ["InvalidArgument", 400]],
    [
      "another signature",
      {},
      { "X-Amz-Signature": "0".repeat(64) },
      "hello",
      ["SignatureDoesNotMatch", 403],
    ],
    [
      "another policy",
      {},
      { Policy: btoa('{"expiration":"2030-01-01T00:00:00Z","conditions":[]}') },
      "hello",
      ["SignatureDoesNotMatch", 403],
    ],
    [
      "another key id",
      {},
      { "X-Amz-Credential": "OTHER/20261122/us-east-1/s3/aws4_request" },
      "hello",
      ["InvalidAccessKeyId", 403],
    ],
    ["another algorithm", {}, { "X-Amz-Algorithm": "none" }, "hello", ["InvalidArgument", 400]],
    ["no key", {}, { key: undefined }, "hello", ["InvalidArgument", 400]],
    [
      "metadata of a name that no header can have",
      { Fields: { "x-amz-meta-a b": "c" } },
      {},
      "hello",
      ["InvalidArgument", 400],
    ],
    [
      "a wrong checksum",
      { Fields: { "x-amz-checksum-crc32": "AAAAAA==" } },
      {},
      "hello",
      ["BadDigest", 400],
    ],
  ])("with %s is refused, and leaves nothing", async (_, options, change, file, expected) => {
    const before = await endpoint.files();
    expect(await refusalOf(await post(await policy("no", options), change, file))).toEqual(
      expected,
    );
    expect(await absent("no")).toBe(true);
    expect(await endpoint.files()).toEqual(before);
  });

  test("takes a file of exactly the most and the least bytes", async () => {
    for (const size of [2, 100_000]) {
      const file = bytes(size) as unknown as BlobPart;
      expect((await post(await policy("exact"), {}, file)).status).toBe(204);
    }
  });

  test("has expired after its time", async () => {
    const given = await policy("late");
    const answer = await at(61, () => post(given));
    const text = await answer.clone().text();
    expect(await refusalOf(answer)).toEqual(["AccessDenied", 403]);
    expect(text).toContain("Invalid according to Policy: Policy expired.");
  });

  test("whose file is far too large is refused before it has all come, and the sender hears of it", async () => {
    const { url, fields } = await policy("huge");
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob([Buffer.alloc(40 * 1024 * 1024)]), "huge");
    const answer = await fetch(url, { method: "POST", body: form });
    expect(await refusalOf(answer)).toEqual(["EntityTooLarge", 400]);
    expect((await endpoint.files()).tmp).toBe(0);
  });

  test.each<[string, (form: FormData) => void, string]>([
    ["no file", () => undefined, "InvalidArgument"],
    [
      "two files",
      (form) => {
        form.append("file", new Blob(["a1"]), "a");
        form.append("file", new Blob(["b2"]), "b");
      },
      "InvalidArgument",
    ],
    [
      "a file of another name",
      (form) => form.append("data", new Blob(["a"]), "a"),
      "InvalidArgument",
    ],
    [
      "a field twice",
      (form) => {
        form.append("key", "two");
        form.append("file", new Blob(["a1"]), "a");
      },
      "MalformedPOSTRequest",
    ],
    [
      "a field of 30,000 bytes",
      (form) => {
        form.append("x-ignore-a", "x".repeat(30_000));
        form.append("file", new Blob(["a1"]), "a");
      },
      "MaxPostPreDataLengthExceeded",
    ],
    [
      "10,000 fields",
      (form) => {
        for (let i = 0; i < 10_000; i++) form.append(`x-ignore-${i}`, "");
        form.append("file", new Blob(["a1"]), "a");
      },
      "MaxPostPreDataLengthExceeded",
    ],
  ])("with %s is refused", async (_, add, code) => {
    const before = await endpoint.files();
    const { url, fields } = await policy("form");
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    add(form);
    expect(await refusalOf(await fetch(url, { method: "POST", body: form }))).toEqual([code, 400]);
    expect(await endpoint.files()).toEqual(before);
  });

  test.each([
    ["no boundary", "multipart/form-data", "x"],
    ["no parts", "multipart/form-data; boundary=x", "nothing"],
    [
      "an end cut off",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="key"\r\n\r\na',
    ],
  ])("with %s is malformed", async (_, type, body) => {
    const headers = { "content-type": type };
    const answer = await fetch(`${endpoint.url}/${Bucket}`, { method: "POST", body, headers });
    expect(await refusalOf(answer)).toEqual(["MalformedPOSTRequest", 400]);
  });

  test("in another bucket is NoSuchBucket", async () => {
    const given = await policy("no");
    const answer = await post({ ...given, url: given.url.replace(Bucket, "other") });
    expect(await refusalOf(answer)).toEqual(["NoSuchBucket", 404]);
  });
});

describe("who has signed nothing", () => {
  test.each(["GET", "PUT", "DELETE", "POST", "HEAD"])("%s is 403", async (method) => {
    await client().send(new PutObjectCommand({ Bucket, Key: "secret", Body: "x" }));
    const answer = await fetch(`${endpoint.url}/${Bucket}/secret`, { method });
    expect(answer.status).toBe(403);
    if (method !== "HEAD") expect(await refusalOf(answer)).toEqual(["AccessDenied", 403]);
    expect(await stored("secret")).toBe("x");
  });
});

describe("another origin", () => {
  const preflight = (from: string, method = "PUT") =>
    fetch(`${endpoint.url}/${Bucket}/a`, {
      method: "OPTIONS",
      headers: {
        origin: from,
        "access-control-request-method": method,
        "access-control-request-headers": "content-type,x-amz-meta-a",
      },
    });

  test("that is ours may send what it likes and read the ETag", async () => {
    const answer = await preflight(origin);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": expect.stringContaining("PUT"),
      "access-control-allow-headers": "content-type,x-amz-meta-a",
      "access-control-expose-headers": expect.stringContaining("ETag"),
      vary: expect.stringContaining("Origin"),
    });
  });

  test("sees our refusals too", async () => {
    const answer = await fetch(`${endpoint.url}/${Bucket}/a`, { headers: { origin } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test.each([
    ["http://evil.example", "PUT"],
    ["null", "PUT"],
    [`${origin}.evil.example`, "PUT"],
    [origin, "PATCH"],
  ])("%s with %s is told nothing", async (from, method) => {
    const answer = await preflight(from, method);
    expect(await refusalOf(answer.clone())).toEqual(["AccessForbidden", 403]);
    expect(answer.headers.get("access-control-allow-methods")).toBeNull();
    if (from !== origin) expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});
