import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineOfText, textBlock } from "./text";

const line = lineOfText(40);
const block = textBlock(40);
const takes = (schema: typeof line | typeof block, text: unknown) => schema.safeParse(text).success;
/** Those of the characters that a text may have inside. */
const takenOf = (schema: typeof line | typeof block, codes: number[]) =>
  codes.filter((code) => takes(schema, `a${String.fromCodePoint(code)}b`));

const controls = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 0x7f + i)];
/** Embeddings, overrides, isolates: what makes text read otherwise than it is stored. */
const bidi = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
const marks = [0x061c, 0x200e, 0x200f];
const separators = [0x2028, 0x2029, 0xfeff];

/** Text of all kinds, rich in what must not be in it. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..." \n\t\r\0aé", "e\u0301", "😀", "\ud83d", "\ude00", "\u202e", "\u200f"),
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 12,
});
const isWellFormed = (text: string) => !/\p{Cs}/u.test(text);

describe("lineOfText", () => {
  it("refuses controls, bidi characters and line separators inside a line", () => {
    expect(takenOf(line, [...controls, ...bidi, ...marks, ...separators])).toEqual([]);
  });

  it("takes names as people write them", () => {
    for (const name of [
      "Ada",
      "O’Brien-Łukasz",
      "李小龍",
      "محمد",
      "Zoë 🦉",
      "👩‍👩‍👧 family",
      "क्षि",
    ])
      expect(line.parse(name)).toBe(name.normalize("NFC"));
  });

  it("trims, and answers NFC: two spellings of a name are one name", () => {
    expect(line.parse("  Zoe\u0308 \n")).toBe("Zoë");
    expect(line.parse("Zoë")).toBe(line.parse("Zoe\u0308"));
  });

  it("refuses what is empty once it is trimmed", () => {
    for (const text of ["", " ", "\t\n", "\u00a0\u2003"]) expect(takes(line, text)).toBe(false);
  });

  it("counts the length of what it answers, and refuses far longer text unread", () => {
    expect(takes(line, "a".repeat(40))).toBe(true);
    expect(takes(line, "a".repeat(41))).toBe(false);
    expect(takes(line, "e\u0301".repeat(40))).toBe(true);
    expect(takes(line, `a${" ".repeat(159)}`)).toBe(true);
    expect(takes(line, `a${" ".repeat(160)}`)).toBe(false);
  });

  it("refuses every invisible character between two letters, but for joiners and selectors", () => {
    const ignorable = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) =>
      /\p{DI}/u.test(String.fromCodePoint(code)),
    );
    expect(ignorable).toEqual(
      expect.arrayContaining([
        0xad, 0x34f, 0x115f, 0x180e, 0x200b, 0x2060, 0x3164, 0xffa0, 0xe0041,
      ]),
    );
    const selectors = [
      ...Array.from({ length: 16 }, (_, n) => 0xfe00 + n),
      ...Array.from({ length: 240 }, (_, n) => 0xe0100 + n),
    ];
    expect(takenOf(line, ignorable)).toEqual([0x200c, 0x200d, ...selectors]);
  });

  it("refuses a name in which there is nothing to see", () => {
    const blank = [0x200b, 0x200c, 0x200d, 0x2060, 0x3164, 0xffa0, 0x115f, 0x2800, 0xad, 0x34f];
    for (const code of [...blank, 0xfe0f, 0x0301, 0x180e, 0x13441, 0x1d159]) {
      const character = String.fromCodePoint(code);
      for (const text of [character, character.repeat(3), ` ${character} `, `\u2800${character}`])
        expect(takes(line, text), JSON.stringify(text)).toBe(false);
    }
  });

  it("refuses joiners, selectors and tags where they spell nothing", () => {
    for (const text of [
      ...[
        "\u200cAda",
        "Ada\u200d",
        "Ada \u200dB",
        "Ada\u200d B",
        "A\u200c\u200cB",
        "A\u200d\u200dB",
      ],
      ...["\ufe0fAda", "Ada \ufe0f", "A\ufe0f\ufe0fB", "A\u180bB", "A\u{e0067}\u{e007f}"],
      // Words hidden in tags behind an emoji.
      ...["😀\u{e0068}\u{e0069}\u{e007f}", `\u{1f3f4}${"\u{e0061}".repeat(9)}\u{e007f}`],
    ])
      expect(takes(line, text), JSON.stringify(text)).toBe(false);
  });

  it("takes words and emoji that are spelled with invisible characters", () => {
    for (const text of [
      // Persian, Urdu: a joiner that does not join.
      ...["می\u200cخواهم", "علی\u200cرضا", "کتاب\u200cها"],
      // Sinhala, Marathi, Malayalam (at the end of a word), Bengali.
      ...["ශ්\u200dරී", "र\u200dऱ्या", "രാജന്\u200d", "রাজন্ ত্\u200d"],
      ...[
        "👩\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d🚀",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
      ],
      ...["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "葛\u{e0100}城", "ᠠ\u180b"],
      ...["!", "7", "★", "ę̌́", "กี่", "שָׁ֑לוֹם"],
    ])
      expect(line.parse(text)).toBe(text.normalize("NFC"));
  });

  it("refuses marks that pile up on a character", () => {
    expect(takes(line, `Z${"\u0334".repeat(8)}`)).toBe(true);
    expect(takes(line, `Z${"\u0334".repeat(9)}`)).toBe(false);
  });

  it("answers nothing but trimmed, well-formed, normal lines of 1 to the limit, for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { data } = line.safeParse(text);
        if (data === undefined) return;
        expect(data).toBe(data.trim());
        expect(data).toBe(data.normalize("NFC"));
        expect(isWellFormed(data)).toBe(true);
        expect(data).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
        expect(data.length).toBeGreaterThanOrEqual(1);
        expect(data.length).toBeLessThanOrEqual(40);
        expect(line.parse(data)).toBe(data);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("textBlock", () => {
  it("refuses controls, bidi overrides and separators, all but tab, line feed and the marks", () => {
    const all = [...controls, ...bidi, ...separators, ...marks];
    expect(takenOf(block, all)).toEqual([0x09, 0x0a, ...marks]);
  });

  it("takes lines, tabs and the marks that right-to-left text needs, and changes nothing", () => {
    for (const text of ["one\n\ttwo\n", "שלום\u200f!", "e\u0301", "  indented", "👩‍👩‍👧"])
      expect(block.parse(text)).toBe(text);
  });

  it("refuses halves of surrogate pairs, alone or in the wrong order", () => {
    for (const text of ["\ud83d", "a\ude00b", "\ude00\ud83d", "😀\ud83d"])
      expect(takes(block, text)).toBe(false);
  });

  it("refuses halves of surrogate pairs that a permitted character keeps apart", () => {
    for (const between of ["\n", "\t", "\u200e", "\u200f", "\u061c"])
      expect(takes(block, `\ud83d${between}\ude00`), JSON.stringify(between)).toBe(false);
  });

  it("answers well-formed text only, for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { data } = block.safeParse(text);
        if (data === undefined) return;
        expect(data).toBe(text);
        expect(isWellFormed(data)).toBe(true);
        expect(data.trim()).not.toBe("");
      }),
      { numRuns: 5_000, examples: [["\ud83d\n\ude00"]] },
    );
  });

  it("refuses blank text", () => {
    for (const text of ["", " ", "\n\n\t", "\u3000"]) expect(takes(block, text)).toBe(false);
  });

  it("refuses text that is blank but for characters nobody sees", () => {
    for (const mark of [...marks, 0x200b, 0x2060, 0x3164, 0x2800, 0x200d, 0xe0041])
      expect(takes(block, ` ${String.fromCodePoint(mark)}\n`)).toBe(false);
  });

  it("counts code points up to the limit", () => {
    expect(takes(block, "a".repeat(40))).toBe(true);
    expect(takes(block, "a".repeat(41))).toBe(false);
    expect(takes(block, "😀".repeat(40))).toBe(true);
    expect(takes(block, "😀".repeat(41))).toBe(false);
  });

  it("takes text alone", () => {
    for (const value of [1, null, undefined, ["a"], {}]) expect(takes(block, value)).toBe(false);
  });
});
