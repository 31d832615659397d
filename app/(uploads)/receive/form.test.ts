import fc from "fast-check";
import { expect, test } from "vitest";
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

test("the body is bounded in size, in silence and by what it declares", async () => {
  const drain = async (request: Request, max: number, silenceMs?: number) => {
    let total = 0;
    for await (const chunk of readBody(request, max, silenceMs))
      total += Buffer.concat(chunk).length;
    return total;
  };
  const ten = [Buffer.alloc(4), Buffer.alloc(6)];
  expect(await drain(requestOf(ten), 10)).toBe(10);
  await expect(drain(requestOf(ten), 9)).rejects.toThrow(/413 too-large/);
  await expect(drain(requestOf(ten, "error"), 10)).rejects.toThrow(/400 incomplete-body/);
  await expect(drain(requestOf(ten, "silence"), 10, 20)).rejects.toThrow(/408 request-timeout/);
});
