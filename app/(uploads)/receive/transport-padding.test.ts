import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutTransportPadding } from "./transport-padding";

async function filtered(text: string, lengths: number[]): Promise<string> {
  const bytes = Buffer.from(text, "latin1");
  async function* pieces() {
    for (let at = 0, n = 0; at < bytes.length; n++) {
      const length = lengths[n % lengths.length] ?? 1;
      yield bytes.subarray(at, at + length);
      at += length;
    }
  }
  const out: Uint8Array[] = [];
  for await (const piece of withoutTransportPadding(pieces(), "ab")) out.push(piece);
  return Buffer.concat(out).toString("latin1");
}

/** What RFC 2046, 5.1.1, says, of a whole text; with the empty line that may stand before the first boundary. */
const expected = (text: string) => `\r\n${text}`.replaceAll(/(?<=\r\n--ab)[ \t]+(?=\r\n)/g, "");

test("blanks between a boundary and the end of its line are left out, and nothing else, however it is cut", async () => {
  const piece = fc.constantFrom(
    "\r\n--ab",
    "--ab",
    "\r\n",
    "\r",
    "\n",
    "-",
    "--",
    " ",
    "\t",
    "a",
    "b",
    "x",
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(texts, lengths, async (text, lengths) => {
      expect(await filtered(text, lengths)).toBe(expected(text));
    }),
    { numRuns: 2_000 },
  );
});

test("padding without end is no padding, and is not held", async () => {
  const text = `\r\n--ab${" ".repeat(100_000)}\r\n`;
  expect(await filtered(text, [1_000])).toBe(`\r\n${text}`);
});
