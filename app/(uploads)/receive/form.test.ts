import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HttpError } from "@/lib/http";
import type { PaceLimits } from "@/lib/pace";
import { uploadLimits } from "../contract";
import { readBody } from "./body";
import { type FormFile, readForm } from "./form";

const boundary = "frontier";
const contentType = `multipart/form-data; boundary=${boundary}`;
const file = Buffer.from(`first line\r\n--frontie\r\n--${boundary}x\r\n-- the end`);
const form = Buffer.concat([
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n`),
  Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="../ä.bin"\r\nContent-Type: image/png\r\n\r\n`,
  ),
  Buffer.from(file.toString().replace(`--${boundary}x`, "--fronti\u0000")),
  Buffer.from(`\r\n--${boundary}--\r\n`),
]);
const content = Buffer.from(file.toString().replace(`--${boundary}x`, "--fronti\u0000"));

/** A request whose body comes in these pieces, and then ends, breaks off or falls silent. */
function requestOf(
  pieces: Uint8Array[],
  end: "close" | "error" | "silence" = "close",
  headers = {},
) {
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) return controller.enqueue(piece);
      if (end === "close") return controller.close();
      if (end === "error") return controller.error(new Error("aborted"));
      return new Promise(() => {});
    },
  });
  return new Request("http://localhost/", {
    ...{ method: "POST", body, duplex: "half" },
    headers: { "content-type": contentType, ...headers },
  } as RequestInit);
}

async function read(request: Request, max = 1_000): Promise<FormFile & { content: Buffer }> {
  let got: (FormFile & { content: Buffer }) | undefined;
  await readForm(request, max, async (one) => {
    const chunks: Buffer[] = [];
    for await (const chunk of one.bytes) chunks.push(chunk);
    got = { ...one, content: Buffer.concat(chunks) };
  });
  if (!got) throw new Error("nothing was taken");
  return got;
}

test("however the bytes are cut on their way, the file is the file", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      async (lengths) => {
        const pieces: Buffer[] = [];
        for (let at = 0, n = 0; at < form.length; n++) {
          const length = lengths[n % lengths.length] ?? 1;
          pieces.push(form.subarray(at, at + length));
          at += length;
        }
        const got = await read(requestOf(pieces));
        expect([got.name, got.type]).toEqual(["../ä.bin", "image/png"]);
        expect(got.content.equals(content)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test("broken off at any byte, it fails, and the one who takes the file is told", async () => {
  for (let at = 0; at < form.length - 4; at += 3) {
    const told = read(requestOf([form.subarray(0, at)]));
    await expect(told).rejects.toThrow(/^400 (malformed-form|no-file)/);
    await expect(read(requestOf([form.subarray(0, at)], "error"))).rejects.toThrow(/^400 /);
  }
});

test("what the taker throws is the reason, and ends the reading", async () => {
  const refused = readForm(requestOf([form]), 1_000, async () => {
    throw new Error("no room");
  });
  await expect(refused).rejects.toThrow(/no room/);
});

test("a refusal does not wait for a client that sends nothing more", async () => {
  const begun = requestOf([form.subarray(0, form.length - 30)], "silence");
  const refused = readForm(begun, 1_000, async () => {
    throw new HttpError(507, "quota-exceeded", "No room.");
  });
  await expect(refused).rejects.toThrow(/507 quota-exceeded/);
  const two = filePart("a", "1") + filePart("b", "2");
  await expect(read(requestOf([Buffer.from(two)], "silence"))).rejects.toThrow(
    /400 too-many-parts/,
  );
}, 5_000);

test("the body is bounded in size, in silence and by what it declares", async () => {
  const drain = async (request: Request, max: number, pace?: PaceLimits) => {
    let total = 0;
    for await (const chunk of readBody(request, max, pace)) total += Buffer.concat(chunk).length;
    return total;
  };
  const ten = [Buffer.alloc(4), Buffer.alloc(6)];
  expect(await drain(requestOf(ten), 10)).toBe(10);
  await expect(drain(requestOf(ten), 9)).rejects.toThrow(/413 too-large/);
  await expect(drain(requestOf(ten, "error"), 10)).rejects.toThrow(/400 incomplete-body/);
  const short = { ...uploadLimits.pace, windowMs: 20 };
  await expect(drain(requestOf(ten, "silence"), 10, short)).rejects.toThrow(/408 .*Nothing came/);
});

/** A body of one byte every few milliseconds, without end. */
const drip = (everyMs: number) =>
  new Request("http://localhost/", {
    ...{ method: "PUT", duplex: "half" },
    body: new ReadableStream<Uint8Array>({
      async pull(controller) {
        await delay(everyMs);
        controller.enqueue(new Uint8Array(1));
      },
    }),
  } as RequestInit);

test("a body that is never silent and never fast ends: 408", async () => {
  const read = async (pace: PaceLimits, readMs = 0) => {
    for await (const _ of readBody(drip(5), 1_000_000, pace)) await delay(readMs);
  };
  const window = { windowMs: 100, windowBytes: 200, graceMs: 60_000, bytesPerSecond: 1 };
  await expect(read(window)).rejects.toThrow(/408 .*too slowly/);
  const grace = { windowMs: 100, windowBytes: 0, graceMs: 100, bytesPerSecond: 10_000 };
  await expect(read(grace)).rejects.toThrow(/408 .*too slowly/);
  // Where we are the slow ones, the client has nothing to answer for.
  const patient = read({ ...grace, graceMs: 1_000 }, 200);
  patient.catch(() => undefined);
  expect(await Promise.race([patient.catch(String), delay(2_000, "goes on")])).toBe("goes on");
});

const part = (head: string, content = "") => `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`;
const filePart = (filename: string, content: string, type = "application/octet-stream") =>
  part(
    `Content-Disposition: form-data; name="f"; filename="${filename}"\r\nContent-Type: ${type}`,
    content,
  );
const end = `--${boundary}--\r\n`;
const formOf = (...parts: string[]) => requestOf([Buffer.from(parts.join("") + end)]);

test("a form in which no file was chosen has no file: 400", async () => {
  await expect(read(formOf(filePart("", "")))).rejects.toThrow(/400 no-file/);
  await expect(read(formOf(filePart("", ""), filePart("", "")))).rejects.toThrow(/400 no-file/);
});

test("an empty input beside a real one is no file", async () => {
  const real = filePart("a.txt", "hello", "text/plain");
  const empty = filePart("", "");
  for (const form of [formOf(empty, real), formOf(real, empty), formOf(empty, empty, real, empty)])
    expect(await read(form)).toMatchObject({ name: "a.txt", content: Buffer.from("hello") });
});

test("a file without a name, and one without a byte, are files", async () => {
  expect(await read(formOf(filePart("", "hello")))).toMatchObject({
    ...{ name: "", content: Buffer.from("hello") },
  });
  expect(await read(formOf(filePart("", ""), filePart("empty.txt", "")))).toMatchObject({
    ...{ name: "empty.txt", content: Buffer.of() },
  });
  for (const two of [
    [filePart("a", "1"), filePart("b", "2")],
    [filePart("", "1"), filePart("b", "2")],
    [filePart("a", ""), filePart("b", "")],
  ])
    await expect(read(formOf(...two))).rejects.toThrow(/400 too-many-parts/);
});

test("a file of any size in one piece is not counted as what is beside it", async () => {
  const large = "a".repeat(900_000);
  const { content } = await read(formOf(filePart("a.txt", large)), 1_000_000);
  expect(content.length).toBe(large.length);
});

/** A form whose first piece is followed by 64 KiB at a time; says how much of it was taken. */
function endless(beginning: string) {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // As from a socket: other work gets its turn between two pieces.
        await nextTurn();
        const piece = sent === 0 ? Buffer.from(beginning) : Buffer.alloc(65_536, "a");
        sent += piece.length;
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "content-type": contentType };
  const init = { method: "POST", body, headers, duplex: "half" };
  return { request: new Request("http://localhost/", init as RequestInit), sent: () => sent };
}

test.each([
  ["a preamble before the first boundary", "This is a preamble.\r\n"],
  ["a field", `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`],
  ["a part that is no form data", `--${boundary}\r\nContent-Type: text/plain\r\n\r\n`],
  ["an epilogue after the last boundary", filePart("a.txt", "hello") + end],
  ["an epilogue where there was no file", end],
])("%s that does not end is refused, and little of it is read", async (_, beginning) => {
  const { request, sent } = endless(beginning);
  const told = read(request, 5 * 1024 ** 3);
  await expect(told).rejects.toThrow(/^(413 too-large|400 too-many-parts)/);
  expect(sent()).toBeLessThan(1024 * 1024);
});

test("a field is refused beyond its bytes, and not cut off in silence", async () => {
  const field = (bytes: number) =>
    part('Content-Disposition: form-data; name="note"', "a".repeat(bytes));
  const file = filePart("a.txt", "hello");
  const { fieldBytes } = uploadLimits;
  expect((await read(formOf(field(fieldBytes - 1), file), 10_000)).name).toBe("a.txt");
  const told = read(formOf(field(fieldBytes + 1), file), 10_000);
  await expect(told).rejects.toThrow(/400 too-many-parts/);
});

test("a file in base64 is refused and not stored as its letters (RFC 7578, 4.7)", async () => {
  const head = `Content-Disposition: form-data; name="f"; filename="a"\r\nContent-Transfer-Encoding:`;
  await expect(read(formOf(part(`${head} base64`, "aGVsbG8=")))).rejects.toThrow(
    /400 malformed-form/,
  );
  expect((await read(formOf(part(`${head} BINARY`, "hello")))).content.toString()).toBe("hello");
});

test.each([" ", "\t", " \t  "])("blanks after a boundary are padding: %j", async (blanks) => {
  const plain = filePart("a.txt", "one\r\n --frontier-like", "text/plain") + end;
  const padded = plain.replaceAll(/--frontier(--)?(?=\r\n)/g, `$&${blanks}`);
  expect(padded).not.toBe(plain);
  const bytes = Buffer.from(padded);
  for (const length of [1, 2, 3, 7, bytes.length]) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
    const got = await read(requestOf(pieces));
    expect(got.content.toString()).toBe("one\r\n --frontier-like");
  }
});

test.each(['"frontier"', "frontier; charset=utf-8", "FRONTIER"])("boundary=%s", async (value) => {
  const name = /frontier/i.exec(value)?.[0] ?? "";
  const body = Buffer.from((filePart("a.txt", "hello") + end).replaceAll(boundary, name));
  const headers = { "content-type": `multipart/form-data; boundary=${value}` };
  expect((await read(requestOf([body], "close", headers))).name).toBe("a.txt");
});
