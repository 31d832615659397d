import { createHash, randomInt, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { presigned, signedParts, uploadLimits } from "../app/(uploads)/contract";
import { B, expect, test } from "./fixtures";
import { call, type Guest, newGuest } from "./support/guest";
import { metric } from "./support/instances";
import { startInstance } from "./support/own-instance";
import {
  created,
  expectNothing,
  formType,
  inStore,
  inTable,
  noise,
  open,
  png,
  postForm,
  problemOf,
  putFile,
  rawForm,
  sha256,
} from "./support/uploads";

const MiB = 1024 * 1024;
const content = (guest: Guest, id: string, headers: Record<string, string> = {}, method = "GET") =>
  call(`/api/uploads/${id}/content`, { guest, headers, method });
const post = (guest: Guest, path: string, body?: unknown) =>
  call(path, { method: "POST", guest, ...(body !== undefined && { body: JSON.stringify(body) }) });

test.describe("the simple way", () => {
  test("stores a small file, and gives it back as it was", async () => {
    const ada = await newGuest();
    const response = await postForm(
      ada,
      "simple",
      rawForm({ name: "dot.png", type: "image/png", bytes: png }),
    );
    expect(response.headers.get("location")).toMatch(/^\/api\/uploads\/[\w-]{36}$/);
    const upload = await created(response);
    expect(upload).toMatchObject({
      ...{ way: "simple", status: "stored", name: "dot.png", type: "image/png" },
      ...{ size: png.length, sha256: sha256(png) },
    });
    const got = await content(ada, upload.id);
    expect(Buffer.from(await got.arrayBuffer()).equals(png)).toBe(true);
    expect((await call(`/api/uploads/${upload.id}`, { guest: ada, method: "DELETE" })).status).toBe(
      204,
    );
    await expectNothing(ada);
  });

  for (const [what, type, bytes, problem] of [
    ["a picture called text", "text/plain", png, "type-mismatch"],
    ["text called a picture", "image/png", Buffer.from("hello"), "type-mismatch"],
    ["SVG", "image/svg+xml", Buffer.from("<svg/>"), "type-not-accepted"],
    ["HTML", "text/html", Buffer.from("<p>"), "type-not-accepted"],
  ] as const)
    test(`refuses ${what}: 415`, async () => {
      const ada = await newGuest();
      const response = await postForm(ada, "simple", rawForm({ name: "x", type, bytes }));
      expect(await problemOf(response)).toEqual([415, problem]);
      await expectNothing(ada);
    });

  test("refuses 500 MB by its Content-Length: the answer comes though the client goes on sending", async () => {
    const ada = await newGuest();
    const { out, answer } = open(
      ada,
      "/api/uploads/simple",
      { "content-type": formType, "content-length": String(500 * MiB) },
      "POST",
    );
    const stop = keepWriting(out);
    const { status, headers, body } = await answer;
    stop();
    expect([status, headers.connection]).toEqual([413, "close"]);
    expect(JSON.parse(body).maxBytes).toBe(uploadLimits.simpleBytes + 64 * 1024);
    await expectNothing(ada);
  });

  test("refuses what comes in chunks at the limit", async () => {
    const ada = await newGuest();
    const { out, answer } = open(ada, "/api/uploads/simple", { "content-type": formType }, "POST");
    out.write(rawForm({ name: "x", type: "text/plain", bytes: "" }).subarray(0, -16));
    const stop = keepWriting(out);
    expect((await answer).status).toBe(413);
    stop();
    await expectNothing(ada);
  });
});

/** Writes for as long as it may. @returns stops it */
function keepWriting(out: ReturnType<typeof open>["out"]): () => void {
  const chunk = Buffer.alloc(64 * 1024, "a");
  let stopped = false;
  const write = () => {
    while (!stopped && !out.destroyed && out.write(chunk));
    if (!stopped) out.once("drain", write);
  };
  write();
  return () => {
    stopped = true;
    out.destroy();
  };
}

test.describe("the streaming way", () => {
  test("PUT stores what it is sent, of any size, by its digest", async () => {
    const ada = await newGuest();
    for (const size of [0, 1, 8 * MiB, 20 * MiB + 3]) {
      const bytes = noise(size);
      const upload = await created(await putFile(ada, bytes));
      expect(upload).toMatchObject({ status: "stored", size, sha256: sha256(bytes) });
      const got = Buffer.from(await (await content(ada, upload.id)).arrayBuffer());
      expect(sha256(got)).toBe(upload.sha256);
    }
  });

  test("POST takes a form, whatever the name of the field", async () => {
    const ada = await newGuest();
    const bytes = noise(9 * MiB);
    const upload = await created(
      await postForm(ada, "streaming", rawForm({ name: "größer.bin", bytes })),
    );
    expect(upload).toMatchObject({ name: "größer.bin", size: bytes.length, sha256: sha256(bytes) });
  });

  test("Content-Digest and Repr-Digest are verified; other algorithms are ignored", async () => {
    const ada = await newGuest();
    const bytes = noise(100);
    const sha512 = createHash("sha512").update(bytes).digest("base64");
    const good = `md5=:AAAA:, sha-256=:${sha256(bytes)}:, sha-512=:${sha512}:`;
    await created(await putFile(ada, bytes, { headers: { "content-digest": good } }));
    const eve = await newGuest();
    const wrong: Record<string, string>[] = [
      { "content-digest": `sha-256=:${sha256("other")}:` },
      { "repr-digest": `sha-512=:${Buffer.alloc(64).toString("base64")}:` },
    ];
    for (const headers of wrong)
      expect(await problemOf(await putFile(eve, bytes, { headers }))).toEqual([
        400,
        "digest-mismatch",
      ]);
    const malformed = await putFile(eve, bytes, { headers: { "content-digest": "sha-256=abc" } });
    expect(await problemOf(malformed)).toEqual([400, "invalid-digest"]);
    await expectNothing(eve);
  });

  test("a body that is shorter than declared leaves nothing", async () => {
    const ada = await newGuest();
    const { out, answer } = open(ada, "/api/uploads/streaming", { "content-length": "5000000" });
    answer.catch(() => undefined);
    out.write(noise(3_000_000));
    await delay(50);
    out.destroy();
    await expectNothing(ada);
  });

  test("what is sent beyond the declared length is no part of the file", async () => {
    const ada = await newGuest();
    const { out, answer } = open(ada, "/api/uploads/streaming", { "content-length": "10" });
    out.end(Buffer.alloc(10, "a"));
    out.socket?.write("GET /x HTTP/1.1\r\n\r\n");
    expect((await answer).status).toBe(201);
    expect((await inTable(ada)).items).toMatchObject([{ size: 10 }]);
  });

  test("cut off at any moment, it leaves no object, no part and no row", async () => {
    test.setTimeout(120_000);
    const ada = await newGuest();
    const size = 30 * MiB;
    const bytes = noise(size);
    for (let n = 0; n < 16; n++) {
      const form = n % 2 === 0;
      const body = form ? rawForm({ name: "x", bytes }) : bytes;
      const headers = {
        "content-length": String(body.length),
        ...(form && { "content-type": formType }),
      };
      const { out, answer } = open(ada, "/api/uploads/streaming", headers, form ? "POST" : "PUT");
      answer.catch(() => undefined);
      // Most of them near what matters: the head, the boundaries of parts, the very end.
      const at =
        [0, 1, 8 * MiB, 16 * MiB + randomInt(100), body.length - 1, randomInt(size)][n % 6] ?? 0;
      out.write(body.subarray(0, at), () => setTimeout(() => out.destroy(), randomInt(30)));
      if (n % 4 === 3) await expectNothing(ada);
    }
    await expectNothing(ada);
    const left = async () => (await (await call("/api/uploads/memory")).json()).streams;
    await expect.poll(left, { timeout: 15_000 }).toBe(0);
  });

  test("a client that expects 100-continue is asked for the body, or refused before a byte of it", async () => {
    const ada = await newGuest();
    const wanted = open(ada, "/api/uploads/streaming", {
      expect: "100-continue",
      "content-length": "5",
    });
    let asked = 0;
    wanted.out.on("continue", () => {
      asked++;
      wanted.out.end("hello");
    });
    wanted.out.flushHeaders();
    expect((await wanted.answer).status).toBe(201);
    expect(asked).toBe(1);

    const refused = open(ada, "/api/uploads/streaming", {
      ...{ expect: "100-continue", "content-length": String(6 * 1024 * MiB) },
    });
    refused.out.on("continue", () => {
      asked++;
    });
    refused.out.flushHeaders();
    expect((await refused.answer).status).toBe(413);
    expect(asked).toBe(1);
    refused.out.destroy();
  });

  test("no more than four at once of a user", async () => {
    const ada = await newGuest();
    const all = Array.from({ length: 4 }, () =>
      open(ada, "/api/uploads/streaming", { "content-length": "10" }),
    );
    for (const { out, answer } of all) {
      answer.catch(() => undefined);
      out.write("a");
    }
    await expect.poll(async () => (await inTable(ada)).items.length, { timeout: 10_000 }).toBe(4);
    const response = await putFile(ada, Buffer.from("x"));
    expect(await problemOf(response)).toEqual([429, "too-many-streams"]);
    expect(response.headers.get("retry-after")).toBe("5");
    for (const { out } of all) out.destroy();
    await expectNothing(ada);
  });

  test("the quota holds, declared or not, and what is pending counts", async () => {
    const ada = await newGuest();
    const size = 2 * 1024 * MiB - 10;
    const begun = await post(ada, "/api/uploads/multipart", {
      ...{ name: "a", type: "text/plain", size },
    });
    expect(begun.status).toBe(201);
    expect(await problemOf(await putFile(ada, noise(11)))).toEqual([507, "quota-exceeded"]);
    const chunked = open(ada, "/api/uploads/streaming", {});
    chunked.out.end(noise(11));
    expect((await chunked.answer).status).toBe(507);
    await created(await putFile(ada, noise(10)));
  });
});

test.describe("forms from hell", () => {
  for (const [what, type, body, status] of [
    ["no boundary", "multipart/form-data", "x", 400],
    ["an empty body", formType, "", 400],
    ["no closing boundary", formType, rawForm({ name: "x", bytes: "abc" }).subarray(0, -10), 400],
    ["another boundary", formType, rawForm({ name: "x", bytes: "abc" }, "other"), 400],
    [
      "no file",
      formType,
      '--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--frontier--\r\n',
      400,
    ],
    ["JSON", "application/json", "{}", 415],
    [
      "10,000 fields",
      formType,
      `${'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(10_000)}--frontier--\r\n`,
      400,
    ],
    [
      "two files",
      formType,
      Buffer.concat([
        rawForm({ name: "a", bytes: "1" }).subarray(0, -14),
        rawForm({ name: "b", bytes: "2" }),
      ]),
      400,
    ],
    [
      "a thousand headers in a part",
      formType,
      `--frontier\r\n${"X-A: b\r\n".repeat(10_000)}Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n--frontier--\r\n`,
      400,
    ],
  ] as const)
    test(`${what}: ${status}, and nothing is stored`, async () => {
      const ada = await newGuest();
      for (const lane of ["simple", "streaming"]) {
        const response = await call(`/api/uploads/${lane}`, {
          ...{ method: "POST", guest: ada, body: body as BodyInit },
          headers: { "content-type": type },
        });
        expect((await problemOf(response))[0]).toBe(status);
      }
      await expectNothing(ada);
    });

  for (const [given, name] of [
    ["../../etc/passwd", "passwd"],
    ["..%2f..%2fetc", "%2f..%2fetc"],
    ["nul", "_nul"],
    ["a\u202Egnp.exe", "agnp.exe"],
    ["שלום 😀.txt", "שלום 😀.txt"],
    ["x".repeat(10_000), "x".repeat(255)],
  ] as const)
    test(`the name ${given.slice(0, 20)} is only a name`, async () => {
      const ada = await newGuest();
      for (const response of [
        await postForm(ada, "streaming", rawForm({ name: given, bytes: "1" })),
        await postForm(ada, "simple", rawForm({ name: given, type: "text/plain", bytes: "1" })),
      ]) {
        const upload = await created(response);
        expect(upload.name).toBe(name);
        const header = (await content(ada, upload.id)).headers.get("content-disposition") ?? "";
        expect(header).toMatch(/^attachment; filename[\x20-\x7E]*$/);
      }
    });
});

test.describe("straight to the store", () => {
  const text = "hello, store";
  const announced = { name: "a.txt", type: "text/plain", size: text.length };

  async function grant(guest: Guest, change: object = {}) {
    const response = await post(guest, "/api/uploads/presigned", { ...announced, ...change });
    expect(response.status).toBe(201);
    return presigned.parse(await response.json());
  }
  function sendForm(
    grant: Awaited<ReturnType<typeof presigned.parse>>,
    bytes: string,
    change: object = {},
  ) {
    if (grant.send.method !== "POST") throw new Error("no form");
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...grant.send.fields, ...change }))
      form.append(name, value as string);
    form.append("file", new Blob([bytes]));
    return fetch(grant.send.url, { method: "POST", body: form });
  }
  const codeOf = async (response: Response) =>
    [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]] as const;

  test("a form: exactly this key, size, type and digest, then complete", async () => {
    const ada = await newGuest();
    const granted = await grant(ada, { sha256: sha256(text) });
    const path = `/api/uploads/${granted.upload.id}/complete`;
    expect(await problemOf(await post(ada, path))).toEqual([409, "not-sent"]);
    expect(await codeOf(await sendForm(granted, text, { key: `u/${ada.userId}/other` }))).toEqual([
      403,
      "AccessDenied",
    ]);
    expect(await codeOf(await sendForm(granted, `${text}!`))).toEqual([400, "EntityTooLarge"]);
    expect(await codeOf(await sendForm(granted, text.slice(1)))).toEqual([400, "EntityTooSmall"]);
    expect(await codeOf(await sendForm(granted, text, { "Content-Type": "text/html" }))).toEqual([
      403,
      "AccessDenied",
    ]);
    expect((await codeOf(await sendForm(granted, text.toUpperCase())))[1]).toMatch(
      /BadDigest|InvalidDigest/,
    );
    expect(await inStore(ada)).toEqual({ objects: 0, uploads: 0 });

    expect((await sendForm(granted, text)).status).toBe(204);
    const answers = await Promise.all([post(ada, path), post(ada, path), post(ada, path)]);
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(bodies).size).toBe(1);
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ status: "stored", sha256: sha256(text) });
    const { id } = granted.upload;
    expect(await (await content(ada, id)).text()).toBe(text);
    // The form is still good: what it puts there now is not what was completed.
    const replaced = await grant(ada);
    expect((await sendForm(replaced, "first, store")).status).toBe(204);
    expect((await post(ada, `/api/uploads/${replaced.upload.id}/complete`)).status).toBe(200);
    expect((await sendForm(replaced, "other, store")).status).toBe(204);
    expect(await problemOf(await content(ada, replaced.upload.id))).toEqual([410, "gone"]);
  });

  test("a form expires", async () => {
    const ada = await newGuest();
    const granted = await grant(ada, { expiresIn: 1 });
    const over = Date.parse(granted.expiresAt) + 1_000;
    await expect.poll(() => Date.now() > over, { timeout: 10_000 }).toBe(true);
    const response = await sendForm(granted, text);
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining("<Code>AccessDenied</Code>"),
    ]);
  });

  test("a PUT with signed type, length and digest", async () => {
    const ada = await newGuest();
    const { send, upload } = await grant(ada, { method: "PUT", sha256: sha256(text) });
    if (send.method !== "PUT") throw new Error("no PUT");
    const put = (body: string, headers: Record<string, string> = {}) =>
      fetch(send.url, {
        method: "PUT",
        body,
        headers: { ...send.headers, "content-length": String(body.length), ...headers },
      });
    expect((await codeOf(await put(text, { "content-type": "text/html" })))[0]).toBe(403);
    expect((await codeOf(await put(`${text}!`)))[0]).toBe(403);
    expect((await codeOf(await put(text.toUpperCase())))[0]).toBe(400);
    expect((await put(text)).status).toBe(200);
    expect((await post(ada, `/api/uploads/${upload.id}/complete`)).status).toBe(200);
  });

  test("what is not what was announced is deleted: 422, each time", async () => {
    const ada = await newGuest();
    const granted = await grant(ada, { type: "image/png" });
    expect((await sendForm(granted, text)).status).toBe(204);
    const path = `/api/uploads/${granted.upload.id}/complete`;
    for (const answer of await Promise.all([post(ada, path), post(ada, path)]))
      expect(await problemOf(answer)).toEqual([422, "rejected"]);
    await expect.poll(() => inStore(ada)).toEqual({ objects: 0, uploads: 0 });
  });

  test("in parts: addresses for exact lengths, the list from the store, and one object", async () => {
    const ada = await newGuest();
    const bytes = noise(20 * MiB);
    const begun = await post(ada, "/api/uploads/multipart", {
      ...{ name: "b.bin", type: "application/octet-stream", size: bytes.length },
    });
    const { upload, partSize, parts: count } = await begun.json();
    expect([begun.status, partSize, count]).toEqual([201, 8 * MiB, 3]);
    const partOf = (number: number) => bytes.subarray((number - 1) * partSize, number * partSize);
    const wanted = [1, 2, 3].map((number) => ({ number, sha256: sha256(partOf(number)) }));
    const base = `/api/uploads/${upload.id}`;
    const response = await post(ada, `${base}/parts`, { parts: wanted });
    const { parts } = signedParts.parse(await response.json());
    const put = ({ url, headers }: (typeof parts)[number], body: Uint8Array) =>
      fetch(url, { method: "PUT", headers, body: body as BodyInit });
    const [one, two, three] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
    expect((await put(one, partOf(1))).status).toBe(200);
    expect((await codeOf(await put(three, Buffer.alloc(three.bytes))))[0]).toBe(400);
    expect((await put(three, partOf(3))).status).toBe(200);
    const incomplete = await post(ada, `${base}/complete`);
    expect(await incomplete.clone().json()).toMatchObject({ missing: [2] });
    expect(await problemOf(incomplete)).toEqual([409, "parts-missing"]);
    const listed = await (await call(`${base}/parts`, { guest: ada, base: B })).json();
    expect(listed.parts).toMatchObject([
      { number: 1, bytes: 8 * MiB },
      { number: 3, bytes: 4 * MiB },
    ]);
    expect((await put(two, partOf(2))).status).toBe(200);
    const answers = await Promise.all([
      post(ada, `${base}/complete`),
      post(ada, `${base}/complete`),
    ]);
    const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(first).toBe(second);
    const digests = Buffer.concat(wanted.map((part) => Buffer.from(part.sha256, "base64")));
    expect(JSON.parse(first ?? "").sha256).toBe(`${sha256(digests)}-3`);
    const got = Buffer.from(await (await content(ada, upload.id)).arrayBuffer());
    expect(got.equals(bytes)).toBe(true);
    expect(await problemOf(await call(`${base}/parts`, { guest: ada }))).toEqual([
      409,
      "not-under-way",
    ]);
  });

  test("a thousand addresses at once; aborting leaves no part", async () => {
    const ada = await newGuest();
    const size = 1_100 * MiB;
    const { upload } = await (
      await post(ada, "/api/uploads/multipart", { name: "b", type: "text/plain", size })
    ).json();
    const base = `/api/uploads/${upload.id}`;
    const all = Array.from({ length: 138 }, (_, n) => ({ number: n + 1 }));
    const { parts } = await (await post(ada, `${base}/parts`, { parts: all })).json();
    expect(parts).toHaveLength(138);
    expect(new Set(parts.map(({ url }: { url: string }) => url)).size).toBe(138);
    const beyond = await post(ada, `${base}/parts`, { parts: [{ number: 139 }] });
    expect(beyond.status).toBe(400);
    expect((await inStore(ada)).uploads).toBe(1);
    expect((await call(base, { method: "DELETE", guest: ada })).status).toBe(204);
    await expectNothing(ada);
  });
});

test.describe("giving it back", () => {
  test("ranges, conditions and HEAD", async () => {
    const ada = await newGuest();
    const bytes = Buffer.from("0123456789");
    const { id } = await created(await putFile(ada, bytes, { name: "d.bin" }));
    const whole = await content(ada, id);
    const etag = whole.headers.get("etag") ?? "";
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      ...{
        "content-length": "10",
        "accept-ranges": "bytes",
        "content-type": "application/octet-stream",
      },
      "content-disposition": "attachment; filename=d.bin",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/\bsandbox\b/),
      "repr-digest": `sha-256=:${sha256(bytes)}:`,
    });
    const head = await content(ada, id, {}, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
      200,
      "10",
      "",
    ]);
    for (const [range, text, said] of [
      ["bytes=0-0", "0", "bytes 0-0/10"],
      ["bytes=7-", "789", "bytes 7-9/10"],
      ["bytes=-2", "89", "bytes 8-9/10"],
    ] as const) {
      const part = await content(ada, id, { range });
      expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
        206,
        text,
        said,
      ]);
    }
    const beyond = await content(ada, id, { range: "bytes=10-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect((await content(ada, id, { range: "bytes=0-0,2-3" })).status).toBe(200);
    expect((await content(ada, id, { range: "bytes=0-0", "if-range": '"other"' })).status).toBe(
      200,
    );
    expect((await content(ada, id, { range: "bytes=0-0", "if-range": etag })).status).toBe(206);
    const same = await content(ada, id, { "if-none-match": etag });
    expect([same.status, await same.text()]).toEqual([304, ""]);
  });

  test("a reader that leaves, often, leaves nothing open", async () => {
    const ada = await newGuest();
    const { id } = await created(await putFile(ada, noise(16 * MiB)));
    for (let n = 0; n < 30; n++) {
      const control = new AbortController();
      const response = await call(`/api/uploads/${id}/content`, {
        guest: ada,
        signal: control.signal,
      });
      await response.body?.getReader().read();
      control.abort();
    }
    // More than the pool of connections to the store: one that was kept would be missed now.
    expect(sha256(Buffer.from(await (await content(ada, id)).arrayBuffer()))).toBeTruthy();
    expect(await metric(B, "process_resident_memory_bytes")).toBeGreaterThan(0);
  });

  test("pages, the newest first", async () => {
    const ada = await newGuest();
    for (let n = 0; n < 5; n++)
      await created(await putFile(ada, Buffer.from([n]), { name: `${n}` }));
    const names: string[] = [];
    let cursor = "";
    do {
      const page = await (
        await call(`/api/uploads?limit=2${cursor}`, { guest: ada, base: B })
      ).json();
      names.push(...page.items.map(({ name }: { name: string }) => name));
      cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
    } while (cursor);
    expect(names).toEqual(["4", "3", "2", "1", "0"]);
    expect((await call("/api/uploads?limit=0", { guest: ada })).status).toBe(400);
    expect((await call("/api/uploads?cursor=x", { guest: ada })).status).toBe(400);
  });
});

test("somebody else's upload, an unknown one and no id at all are not there", async () => {
  const [ada, eve] = [await newGuest(), await newGuest()];
  const { id } = await created(await putFile(ada, Buffer.from("mine")));
  for (const other of [id, randomUUID(), "1", "..%2f..%2fetc", "0".repeat(500)])
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["GET", "/content"],
      ["HEAD", "/content"],
      ["GET", "/parts"],
      ["POST", "/complete"],
    ] as const) {
      const response = await call(`/api/uploads/${other}${path}`, { guest: eve, method });
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
  expect((await content(ada, id)).status).toBe(200);
  expect((await inTable(eve)).items).toEqual([]);
});

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
  out.write(noise(20 * MiB));
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
