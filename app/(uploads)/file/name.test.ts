import { create, parse } from "content-disposition";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanName } from "./name";

const hell: [given: string, clean: string][] = [
  ["report.pdf", "report.pdf"],
  ["../../etc/passwd", "passwd"],
  ["..\\..\\windows\\system32\\cmd.exe", "cmd.exe"],
  ["/etc/passwd", "passwd"],
  ["C:\\Users\\me\\cv.pdf", "cv.pdf"],
  ["..", "file"],
  [".", "file"],
  ["", "file"],
  ["   ", "file"],
  ["a/..", "a"],
  ["folder/", "folder"],
  // Percent signs are kept as they are: nobody decodes a name.
  ["..%2f..%2fetc%2fpasswd", "%2f..%2fetc%2fpasswd"],
  ["..%252f", "%252f"],
  ["..／..／passwd", "passwd"],
  ["a\u2044b\u2215c", "c"],
  ["nul\0byte.png", "nulbyte.png"],
  ["\u202Egnp.exe", "gnp.exe"],
  ["\u2066a\u2069.txt", "a.txt"],
  ["a\u200Bb\uFEFF.txt", "ab.txt"],
  ["שלום.txt", "שלום.txt"],
  ['say "hi".txt', "say _hi_.txt"],
  ["a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"],
  ["file:stream", "file_stream"],
  ["CON", "_CON"],
  ["nul.txt", "_nul.txt"],
  ["com1.tar.gz", "_com1.tar.gz"],
  ["console.log", "console.log"],
  ["name. . .", "name"],
  [".htaccess", "htaccess"],
  ["e\u0301.txt", "\u00E9.txt"],
  ["\uD800lone.txt", "lone.txt"],
  // Joiners between Latin letters hide; next to a blank, doubled, or alone as well.
  ["a\u200Cb\u200Dc.txt", "abc.txt"],
  ["\u200C\u06CC.txt", "\u06CC.txt"],
  ["\u0645\u06CC\u200C\u200C\u062E.txt", "\u0645\u06CC\u062E.txt"],
  ["\u0645\u06CC\u200C.txt", "\u0645\u06CC.txt"],
  ["\u{1F468}\u200D.txt", "\u{1F468}.txt"],
  ["a\u{E0067}\u{E0062}.txt", "a.txt"],
  ["\u{1F3F4}\u{E0068}\u{E0069}.txt", "\u{1F3F4}.txt"],
];

/** Names that are spelt with format characters, and are kept as they are. */
const spelt: [what: string, name: string][] = [
  ["Persian", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645.txt"],
  ["Hindi", "\u0930\u094D\u200D\u092F.txt"],
  ["Bengali", "\u09B0\u09CD\u200C\u09AF.txt"],
  ["Sinhala", "\u0DC1\u0DCA\u200D\u0DBB\u0DD3.txt"],
  ["Malayalam", "\u0D28\u0D4D\u200D.txt"],
  ["a family", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}.png"],
  ["an astronaut with a tone of skin", "\u{1F469}\u{1F3FD}\u200D\u{1F680}.png"],
  ["a flag of colours", "\u{1F3F3}\uFE0F\u200D\u{1F308}.png"],
  ["the flag of England", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}.png"],
];

test.each(spelt)("%s is not misspelt", (_, name) => expect(cleanName(name)).toBe(name));

test("a long name is not cut inside of an emoji", () => {
  const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";
  expect(cleanName(`${family.repeat(50)}.png`)).toBe(`${family.repeat(13)}.png`);
  // What is read as one character may be longer than any name.
  const stacked = cleanName(`a${"\u0300".repeat(500)}.txt`);
  expect(Buffer.byteLength(stacked)).toBeGreaterThan(250);
});

test.each(hell)("%j is %j", (given, clean) => expect(cleanName(given)).toBe(clean));

test("10,000 characters become 255 bytes, on a boundary of characters, and keep the extension", () => {
  const name = cleanName(`${"é😀".repeat(5_000)}.tar.gz`);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(Buffer.byteLength(name)).toBeGreaterThan(245);
  expect(name).toMatch(/^[é😀]+\.gz$/u);
  expect(Buffer.byteLength(cleanName("x".repeat(10_000)))).toBe(255);
});

const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({
    unit: fc.constantFrom(
      "/",
      "\\",
      ".",
      "\0",
      "\r",
      "\n",
      '"',
      "%",
      "\u202E",
      "é",
      "a",
      " ",
      ";",
      "*",
      "\u200C",
      "\u200D",
      "\u06CC",
      "\u094D",
      "\u{1F468}",
      "\u{1F3FD}",
      "\uFE0F",
      "\u{1F3F4}",
      "\u{E0067}",
      "\u{E007F}",
    ),
    maxLength: 300,
  }),
);

test("whatever comes, a name is a name", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleanName(given);
      expect(name).not.toMatch(/[\p{Cc}\p{Cs}/\\"<>:|?*]|^\.|[. ]$/u);
      // A joiner stands behind what it joins; nothing else that is hidden stays.
      expect(name).not.toMatch(
        /(?![\u200C\u200D])\p{Cf}|(?<![\p{L}\p{M}\p{So}\p{Sk}])[\u200C\u200D]/u,
      );
      expect(name.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name).toBe(name.normalize("NFC"));
    }),
    { numRuns: 2_000 },
  );
});

test("cleaning twice is cleaning once", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      expect(cleanName(cleanName(given))).toBe(cleanName(given));
    }),
    { numRuns: 2_000 },
  );
});

test("every name goes out in one header line, and comes back", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleanName(given);
      const header = create(name, { type: "attachment" });
      expect(header).toMatch(/^attachment; filename[\x20-\x7E]+$/);
      expect(parse(header).parameters.filename).toBe(name);
    }),
    { numRuns: 1_000 },
  );
});
