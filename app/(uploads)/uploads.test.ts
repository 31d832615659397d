import { createHash, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  accessKeyId,
  Bucket,
  type Endpoint,
  secretAccessKey,
  startEndpoint,
} from "@/embedded/s3/s3.fixture";
import { pool } from "@/lib/db/pool";
import { parseEnv } from "@/lib/env";
import { CLIENT_ADDRESS } from "@/lib/rate-limit/caller";
import { remember } from "@/lib/remember";
import { tokens } from "@/lib/session/session";
import { POST as completeUpload } from "./api/uploads/[id]/complete/route";
import { GET as readContent } from "./api/uploads/[id]/content/route";
import { POST as signParts } from "./api/uploads/[id]/parts/route";
import { POST as beginMultipart } from "./api/uploads/multipart/route";
import { POST as presign } from "./api/uploads/presigned/route";
import { GET as list } from "./api/uploads/route";
import { POST as uploadSimply } from "./api/uploads/simple/route";
import { PUT as streamBody, POST as streamForm } from "./api/uploads/streaming/route";
import { uploadLimits } from "./contract";
import { simpleSlots, streamingSlots } from "./receive/slots";

let endpoint: Endpoint;
let token: string;

beforeAll(async () => {
  endpoint = await startEndpoint();
  remember("env", () =>
    parseEnv({
      ...{ DATABASE_URL: process.env.DATABASE_URL, SESSION_SECRET: "x".repeat(32) },
      ...{ S3_ENDPOINT: endpoint.url, S3_BUCKET: Bucket, LOG_LEVEL: "silent" },
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    }),
  );
});
beforeEach(async () => {
  token = await newGuest();
});
afterAll(async () => {
  await pool().end();
  await endpoint.stop();
});

const newGuest = async () =>
  (await tokens().issue({ userId: randomUUID(), name: "Ada" })).token as string;

type Handler = typeof uploadSimply;
interface Sent {
  method?: string;
  body?: RequestInit["body"];
  headers?: Record<string, string>;
  guest?: string;
  id?: string;
}

async function ask(handler: Handler, sent: Sent = {}, query = "") {
  const { method = "POST", body, headers, guest = token, id = "" } = sent;
  const request = new Request(`http://localhost/${query}`, {
    ...({ method, body, duplex: "half" } as RequestInit),
    headers: { authorization: `Bearer ${guest}`, ...headers },
  });
  return handler(request, { params: Promise.resolve({ id }) } as never);
}
const problemOf = async (response: Response) => {
  const { type } = await response.json();
  return [response.status, String(type).replace("/problems/", "")];
};
const json = (value: unknown, headers: Record<string, string> = {}): Sent => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers },
});
const asForm = (...files: File[]) => {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  return form;
};
const items = async (guest = token) =>
  (await (await ask(list as Handler, { method: "GET", guest })).json()).items as unknown[];

test("a part of a file is never stored as the whole of it: 400 (RFC 9110, 14.5)", async () => {
  const headers = { "content-range": "bytes 0-4/10" };
  const file = asForm(new File(["hello"], "a.txt", { type: "text/plain" }));
  for (const response of [
    await ask(streamBody, { method: "PUT", body: "hello", headers }),
    // Some uploaders send a large file as forms with Content-Range.
    await ask(streamForm, { body: file, headers }),
    await ask(uploadSimply, { body: file, headers }),
    await ask(presign, json({ name: "a", type: "text/plain", size: 5 }, headers)),
  ])
    expect(await problemOf(response)).toEqual([400, "partial-content"]);
  expect(await items()).toEqual([]);
});

test("content in a coding is refused, and is told what is taken: 415 (RFC 9110, 15.5.16)", async () => {
  const gzipped = gzipSync(JSON.stringify({ name: "a", type: "text/plain", size: 5 }));
  for (const coding of ["gzip", "GZIP", "identity, br", "x-unknown"]) {
    const headers = { "content-encoding": coding };
    const file = asForm(new File(["hello"], "a.txt", { type: "text/plain" }));
    for (const response of [
      await ask(streamBody, { method: "PUT", body: gzipped, headers }),
      await ask(streamForm, { body: file, headers }),
      await ask(uploadSimply, { body: file, headers }),
      await ask(presign, {
        body: gzipped,
        headers: { "content-type": "application/json", ...headers },
      }),
    ]) {
      expect(response.headers.get("accept-encoding")).toBe("identity");
      expect(await problemOf(response)).toEqual([415, "unsupported-content-encoding"]);
    }
  }
  const plain = { "content-encoding": "identity" };
  const taken = await ask(streamBody, { method: "PUT", body: "hello", headers: plain });
  expect(taken.status).toBe(201);
});

test("what the store was sent in a coding is no upload: 422, and the object is gone", async () => {
  const announced = { name: "a.txt", type: "text/plain", size: 5, method: "PUT" };
  const { upload, send } = await (await ask(presign, json(announced))).json();
  const sent = await fetch(send.url, {
    ...{ method: "PUT", body: "hello" },
    headers: { ...send.headers, "content-encoding": "gzip" },
  });
  expect(sent.status).toBe(200);
  const response = await ask(completeUpload as Handler, { id: upload.id });
  expect(await problemOf(response)).toEqual([422, "rejected"]);
});

test("an empty file is a file, by whichever method it comes", async () => {
  const sha256 = createHash("sha256").update("").digest("base64");
  const empty = { name: "empty.txt", type: "text/plain", size: 0 };
  const stored = { status: "stored", size: 0, name: "empty.txt" };
  const isStored = async (response: Response) => {
    const upload = await response.json();
    expect(upload).toMatchObject(stored);
    const content = await ask(readContent as Handler, { method: "GET", id: upload.id });
    expect([content.status, await content.text()]).toEqual([200, ""]);
  };
  const file = () => asForm(new File([], "empty.txt", { type: "text/plain" }));
  await isStored(await ask(uploadSimply, { body: file() }));
  await isStored(await ask(streamForm, { body: file() }));
  await isStored(await ask(streamBody, { method: "PUT", body: "" }, "?name=empty.txt"));

  const put = await (await ask(presign, json({ ...empty, sha256, method: "PUT" }))).json();
  const { url, headers } = put.send;
  expect((await fetch(url, { method: "PUT", headers, body: "" })).status).toBe(200);
  await isStored(await ask(completeUpload as Handler, { id: put.upload.id }));

  const post = await (await ask(presign, json({ ...empty, sha256 }))).json();
  const form = new FormData();
  for (const [name, value] of Object.entries(post.send.fields)) form.append(name, String(value));
  form.append("file", new Blob([]));
  expect((await fetch(post.send.url, { method: "POST", body: form })).status).toBe(204);
  await isStored(await ask(completeUpload as Handler, { id: post.upload.id }));

  const begun = await (await ask(beginMultipart, json(empty))).json();
  expect(begun.parts).toBe(1);
  const { id } = begun.upload;
  const { parts } = await (
    await ask(signParts as Handler, { ...json({ parts: [{ number: 1, sha256 }] }), id })
  ).json();
  expect(parts).toMatchObject([{ number: 1, offset: 0, bytes: 0 }]);
  const part = await fetch(parts[0].url, { method: "PUT", headers: parts[0].headers, body: "" });
  expect(part.status).toBe(200);
  await isStored(await ask(completeUpload as Handler, { id }));
});

test("a file that is too large to be announced is refused in words for a person", async () => {
  const size = uploadLimits.presignedBytes + 1;
  const response = await ask(presign, json({ name: "a", type: "text/plain", size }));
  const { detail, type } = await response.json();
  expect(type).toBe("/problems/invalid-body");
  expect(detail).toBe(`size: A file sent this way has at most ${size - 1} bytes.`);
});

/** The beginning of a form, after which nothing comes until `finish`. */
function stalled(bytes: number) {
  const head = `--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n`;
  let finish = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from(head + "a".repeat(bytes)));
      finish = () => {
        controller.enqueue(Buffer.from("\r\n--b--\r\n"));
        controller.close();
      };
    },
  });
  return { body, finish: () => finish() };
}
const formHeaders = (address: number | string) => ({
  "content-type": "multipart/form-data; boundary=b",
  [CLIENT_ADDRESS]: `203.0.113.${address}`,
});

test("stalled uploads hold the slots of their guest and address, and bounded memory", async () => {
  const { perUser, perAddress, perInstance } = uploadLimits.simple;
  const open: { finish(): void; answer: Promise<Response> }[] = [];
  const send = async (handler: Handler, guest: string, address: number, bytes: number) => {
    const { body, finish } = stalled(bytes);
    const answer = ask(handler, { body, guest, headers: formHeaders(address) });
    let refused: Response | undefined;
    answer.then((response) => {
      refused = response;
    });
    const before = simpleSlots().count();
    while (!refused && simpleSlots().count() <= before) await delay(1);
    if (!refused) open.push({ finish, answer });
    return refused && (await problemOf(refused));
  };
  const finishAll = async () => {
    for (const { finish } of open) finish();
    for (const { answer } of open.splice(0)) expect((await answer).status).toBe(201);
  };

  for (let n = 0; n < perUser; n++) expect(await send(uploadSimply, token, 1, 10)).toBeUndefined();
  expect(await send(uploadSimply, token, 1, 10)).toEqual([429, "too-many-streams"]);
  for (let n = perUser; n < perAddress; n++)
    expect(await send(uploadSimply, await newGuest(), 1, 10)).toBeUndefined();
  expect(await send(uploadSimply, await newGuest(), 1, 10)).toEqual([429, "too-many-streams"]);
  expect(await send(uploadSimply, await newGuest(), 2, 10)).toBeUndefined();
  expect(simpleSlots().count()).toBeLessThanOrEqual(perInstance);
  await finishAll();
  expect(simpleSlots().count()).toBe(0);

  // Of 80 guests from as many addresses, with 5 MiB each, the process takes what it may hold.
  const { simpleBytes, simpleBytesPerInstance } = uploadLimits;
  const large = [];
  for (let n = 0; n < 80; n++) {
    const { body, finish } = stalled(simpleBytes - 1);
    const sent = { body, guest: await newGuest(), headers: formHeaders(n) };
    large.push({ finish, answer: ask(uploadSimply, sent) });
  }
  const most = Math.ceil(simpleBytesPerInstance / simpleBytes);
  await expect.poll(() => simpleSlots().count(), { timeout: 10_000 }).toBeLessThanOrEqual(most);
  for (const { finish } of large) finish();
  const answers = await Promise.all(large.map(({ answer }) => answer));
  const taken = answers.filter(({ status }) => status === 201);
  expect(taken.length).toBeGreaterThan(1);
  expect(taken.length).toBeLessThanOrEqual(most);
  for (const answer of answers)
    if (answer.status !== 201) expect(await problemOf(answer)).toEqual([503, "busy"]);
  expect(simpleSlots().count()).toBe(0);
  expect((await ask(uploadSimply, { body: asForm(new File(["a"], "a.txt")) })).status).toBe(415);
}, 60_000);

test("one address never has all the slots of streaming", async () => {
  const { perAddress, perInstance } = uploadLimits.streams;
  expect(perAddress).toBeLessThan(perInstance);
  const open = [];
  for (let n = 0; n < perAddress; n++) {
    const { body, finish } = stalled(10);
    const guest = await newGuest();
    open.push({ finish, answer: ask(streamForm, { body, guest, headers: formHeaders(1) }) });
  }
  await expect.poll(() => streamingSlots().count()).toBe(perAddress);
  const refused = await ask(streamBody, { method: "PUT", body: "a", headers: formHeaders(1) });
  expect(await problemOf(refused)).toEqual([429, "too-many-streams"]);
  const other = await ask(streamBody, { method: "PUT", body: "a", headers: formHeaders(2) });
  expect(other.status).toBe(201);
  for (const { finish, answer } of open) {
    finish();
    expect((await answer).status).toBe(201);
  }
});
