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
];

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
    ),
    maxLength: 300,
  }),
);

test("whatever comes, a name is a name", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleanName(given);
      expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}/\\"<>:|?*]|^\.|[. ]$/u);
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
