import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { heldBodies, readJson } from "./body";
import { HttpError } from "./http";

const schema = z.strictObject({ text: z.string() });
const MAX = 1_024;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A body that comes in these pieces; says what was taken of it, and whether it was given up. */
function streamOf(pieces: Uint8Array[], end: "closes" | "breaks off" = "closes") {
  const seen = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulled++];
        if (piece) controller.enqueue(piece);
        else if (end === "closes") controller.close();
        else controller.error(new Error("socket hang up"));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

function post(body: RequestInit["body"], headers: Record<string, string> = {}) {
  const init = { method: "POST", body, duplex: "half" };
  return new Request("http://any.example/", {
    ...(init as RequestInit),
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The answer: the data, or the status and kind of the refusal. */
async function outcome(request: Request, by: z.ZodType = schema) {
  try {
    return { data: await readJson(request, by, MAX) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return { status: error.status, slug: error.slug };
  }
}

/** Cuts bytes into pieces at these places. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...places.map((p) => p % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end)).filter((p) => p.length > 0);
}

/** JSON of exactly so many bytes. */
const jsonOf = (bytes: number) =>
  JSON.stringify({ text: "a".repeat(bytes - '{"text":""}'.length) });

const tooLarge = { status: 413, slug: "too-large" };

describe("readJson", () => {
  it("reads a body in whatever pieces it comes, also cut inside a character", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("a", "ß", "語", "🦉", "\\", '"'), maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (text, places) => {
          const { body } = streamOf(cut(bytesOf(JSON.stringify({ text })), places));
          expect(await outcome(post(body))).toEqual({ data: { text } });
        },
      ),
    );
  });

  it("counts the bytes it receives: up to the limit, and not one more", async () => {
    for (const [bytes, expected] of [
      [MAX, { data: JSON.parse(jsonOf(MAX)) }],
      [MAX + 1, tooLarge],
    ] as const)
      for (const size of [1, 100, 5_000]) {
        const places = Array.from({ length: Math.ceil(bytes / size) }, (_, i) => i * size);
        const { body } = streamOf(cut(bytesOf(jsonOf(bytes)), places));
        expect(await outcome(post(body))).toEqual(expected);
      }
  });

  it("counts bytes and not characters", async () => {
    const text = "語".repeat(MAX / 3);
    expect(await outcome(post(JSON.stringify({ text })))).toEqual(tooLarge);
  });

  it("refuses unread what is declared too large", async () => {
    const { body, seen } = streamOf([bytesOf(jsonOf(20))]);
    const request = post(body, { "content-length": String(MAX + 1) });
    expect(await outcome(request)).toEqual(tooLarge);
    expect(seen.pulled).toBe(0);
  });

  it.each(["5", "0", "-1", "", "abc", "1e1", "NaN"])(
    "cuts off a body that lies about its length: %j",
    async (declared) => {
      const piece = bytesOf(" ".repeat(512));
      const { body, seen } = streamOf(Array(1_000).fill(piece));
      expect(await outcome(post(body, { "content-length": declared }))).toEqual(tooLarge);
      // Not cancelled, which would tear the connection down: the answer is still due on it.
      expect(seen).toEqual({ pulled: 3, cancelled: false });
    },
  );

  it("cuts off a body that declares no length and never ends", async () => {
    const { body, seen } = streamOf(Array(1_000).fill(bytesOf("[".repeat(100))));
    expect(await outcome(post(body))).toEqual(tooLarge);
    expect(seen).toEqual({ pulled: 11, cancelled: false });
  });

  it("has a limit of 64 KiB where none is given", async () => {
    const limit = 64 * 1024;
    expect((await readJson(post(jsonOf(limit)), schema)).text.length).toBeGreaterThan(limit - 20);
    await expect(readJson(post(jsonOf(limit + 1)), schema)).rejects.toMatchObject(tooLarge);
  });

  it("refuses what is not UTF-8, cut short inside a character included", async () => {
    const sequences = [
      [0xff],
      [0xc3],
      [0xc3, 0x28],
      [0xed, 0xa0, 0xbd],
      [0xc0, 0xaf],
      [0xf0, 0x9f],
    ];
    for (const sequence of sequences) {
      const quoted = new Uint8Array([...bytesOf('{"text":"'), ...sequence, ...bytesOf('"}')]);
      expect(await outcome(post(quoted))).toEqual({ status: 400, slug: "invalid-body" });
      const last = new Uint8Array([...bytesOf('{"text":"a"}'), ...sequence]);
      expect(await outcome(post(last))).toEqual({ status: 400, slug: "invalid-body" });
    }
  });

  it("refuses a body that broke off, even where what came is whole", async () => {
    const { body } = streamOf([bytesOf('{"text":"a"}')], "breaks off");
    expect(await outcome(post(body))).toEqual({ status: 400, slug: "invalid-body" });
  });

  it("refuses what is no JSON, nothing at all included", async () => {
    for (const text of ["", " ", "{", "{'text':'a'}", '{"text":"a"}}', "undefined", "\0", "text=a"])
      expect(await outcome(post(text)), text).toEqual({ status: 400, slug: "invalid-json" });
    const bare = new Request("http://any.example/", {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    expect(await outcome(bare)).toEqual({ status: 400, slug: "invalid-json" });
  });

  it("names each field that its contract refuses", async () => {
    const pair = z.strictObject({ a: z.string(), b: z.object({ c: z.number() }) });
    const error = await readJson(post('{"a":1,"b":{"c":"x"}}'), pair).catch((e) => e);
    expect(error).toMatchObject({ status: 400, slug: "invalid-body" });
    const { errors } = error.problem();
    expect(errors.map(({ field }: { field: string }) => field)).toEqual(["a", "b.c"]);
  });

  it("never takes a member for a prototype", async () => {
    const text = '{"text":"a","__proto__":{"admin":true}}';
    expect(await outcome(post(text))).toEqual({ status: 400, slug: "invalid-body" });
    const open = await readJson(post(text), z.object({ text: z.string() }));
    expect(open).not.toHaveProperty("admin");
  });

  it("takes JSON of every kind by its media type", async () => {
    for (const type of [
      "application/json",
      "APPLICATION/JSON",
      "application/json; charset=utf-8",
      "application/json;charset=utf-8",
      "application/json ",
      "application/merge-patch+json",
      "application/vnd.patternbook.v2+json; q=1",
    ])
      expect(await outcome(post('{"text":"a"}', { "content-type": type })), type).toEqual({
        data: { text: "a" },
      });
  });

  it("refuses every other media type, unread, and says which it takes", async () => {
    for (const type of [
      "",
      "text/plain",
      "text/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonp",
      "application/json5",
      "application/+json",
      "text/plain; application/json",
      "x-application/json",
      "application/json, text/plain",
    ]) {
      const { body, seen } = streamOf([bytesOf('{"text":"a"}')]);
      const request = post(body, { "content-type": type });
      const error = await readJson(request, schema).catch((e) => e);
      expect(error, type).toMatchObject({ status: 415, slug: "unsupported-media-type" });
      expect(new Headers(error.extra.headers).get("accept")).toBe("application/json");
      expect(seen.pulled).toBe(0);
    }
  });

  it("refuses what is compressed, unread, and says what it takes (RFC 9110, 15.5.16)", async () => {
    for (const coding of ["gzip", "br", "deflate", "zstd", "GZIP", "gzip, identity", "utf-8"]) {
      const { body, seen } = streamOf([new Uint8Array([0x1f, 0x8b, 0x08])]);
      const error = await readJson(post(body, { "content-encoding": coding }), schema).catch(
        (error) => error,
      );
      expect(error, coding).toMatchObject({ status: 415, slug: "unsupported-content-encoding" });
      expect(new Headers(error.extra.headers).get("accept-encoding")).toBe("identity");
      expect(seen.pulled).toBe(0);
    }
    for (const coding of ["", "identity", " Identity "])
      expect(await outcome(post('{"text":"a"}', { "content-encoding": coding }))).toEqual({
        data: { text: "a" },
      });
  });

  it("refuses a part of a body, unread (RFC 9110, 14.5)", async () => {
    const request = post('{"text":"a"}', { "content-range": "bytes 0-11/100" });
    expect(await outcome(request)).toEqual({ status: 400, slug: "partial-content" });
  });

  it("holds bodies of bounded size in all: beyond it 503, and it gives back what it has held", async () => {
    const others = heldBodies().share();
    const free = 256 * 1024 * 1024 - 100;
    expect(others.add(free)).toBe(true);
    expect(await outcome(post(jsonOf(100)))).toHaveProperty("data");
    for (let n = 0; n < 5; n++)
      expect(await outcome(post(jsonOf(101)))).toEqual({ status: 503, slug: "unavailable" });
    expect(heldBodies().held()).toBe(free);
    others.giveBack();
    expect(await outcome(post(jsonOf(101)))).toHaveProperty("data");
    expect(heldBodies().held()).toBe(0);
  });
});
