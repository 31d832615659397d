import { expect, test } from "vitest";
import { contradicts, decideType, servedType, typeOfStart } from "./type";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const html = Buffer.from("<!doctype html><script>alert(1)</script>");
const exe = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]);

test.each([
  ["a picture", png, "image/png", "image/png"],
  ["a picture of which nothing is said", png, "application/octet-stream", "image/png"],
  ["text", Buffer.from("name,age\nAda,36\n"), "text/csv", "text/csv"],
  ["text with parameters", Buffer.from("größer"), "text/plain; charset=utf-8", "text/plain"],
  ["JSON", Buffer.from('{"a":1}'), "application/json", "application/json"],
  ["HTML that is called text is text", html, "text/plain", "text/plain"],
])("%s", async (_, bytes, declared, type) => {
  expect(await decideType(bytes, declared)).toBe(type);
});

test.each([
  ["a picture called a document", png, "application/pdf"],
  ["a picture called text", png, "text/plain"],
  ["text called a picture", Buffer.from("hello"), "image/png"],
  ["an empty picture", Buffer.alloc(0), "image/png"],
  ["no JSON", Buffer.from("{a:1}"), "application/json"],
  ["bytes called text", Buffer.from([0xff, 0xfe, 0x00, 0x01]), "text/plain"],
  ["text with a NUL", Buffer.from("a\0b"), "text/plain"],
])("a lie is 415: %s", async (_, bytes, declared) => {
  await expect(decideType(bytes, declared)).rejects.toThrow(/415 type-mismatch/);
});

test.each([
  ["SVG", svg, "image/svg+xml"],
  ["SVG with a declaration", Buffer.from(`<?xml version="1.0"?>${svg}`), "image/svg+xml"],
  ["HTML", html, "text/html"],
  ["a program", exe, "application/octet-stream"],
  ["a program called a picture", exe, "image/png"],
  ["bytes of which nothing is known", Buffer.from([1, 2, 3]), ""],
])("not accepted is 415: %s", async (_, bytes, declared) => {
  await expect(decideType(bytes, declared)).rejects.toThrow(/415 type-not-accepted/);
});

test("what is streamed is what its first bytes are, or bytes", async () => {
  expect(await typeOfStart(png)).toBe("image/png");
  for (const bytes of [svg, html, exe, Buffer.alloc(0)])
    expect(await typeOfStart(bytes)).toBe("application/octet-stream");
});

test("what went past us is held to its magic bytes", async () => {
  expect(await contradicts(png, "image/png")).toBeNull();
  expect(await contradicts(html, "image/png")).toBe("something else");
  expect(await contradicts(png, "application/pdf")).toBe("image/png");
  expect(await contradicts(html, "text/html")).toBeNull();
});

test("no type that a browser runs is ever served", () => {
  for (const type of [
    "text/html",
    "image/svg+xml",
    "text/xml",
    "application/xhtml+xml",
    "text/javascript",
  ])
    expect(servedType(type)).toBe("application/octet-stream");
  expect(servedType("image/png")).toBe("image/png");
});

const latin1 = (text: string) => Buffer.from(text, "latin1");
/** An ISO base media file's first box, and some bytes after it. */
const ftyp = (major: string, ...compatible: string[]) =>
  latin1(
    `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\x02\0${compatible.join("")}\0\0\0\x08free`,
  );
/** A ZIP whose first entry is stored, and has this name and content. */
const zip = (name: string, content = "") => {
  const head = Buffer.alloc(30);
  head.write("PK\x03\x04", "latin1");
  head.writeUInt32LE(content.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name + content), Buffer.alloc(200)]);
};

/** Beginnings that are words, and signatures of formats. */
const words = [
  ...["BMI,weight\n21,70\n", "BM", "GIF is a format\n", "GIF89a is a version of it", "ID3,title\n"],
  ...[
    "%PDF is a format",
    "%!PS is another",
    "MZ is an exe",
    "PK,name\n1,a\n",
    "RIFF over WEBPVP8 ",
  ],
  ...[
    "MSCF,ISc(",
    "OggS and fLaC",
    "FORM a line",
    "solid state",
    "{\\rtf is a beginning",
    "FWS,CWS\n",
  ],
  ...["II*", "MM*", "8BPS", "SQLite format 3", "070707 is a code", "AC1021 is a drawing"],
  ...["REGEDIT4\r\n", "WEBVTT\n", "BEGIN:VCARD\n", "<?xml version='1.0'?>", "#!AMR", "<svg/>"],
  ...[
    "isn't it\nftypmp42",
    "abcdftypM4V efgh",
    "-lh5-",
    "LZIP",
    "wOF2",
    "ttcf",
    "%PDF-1.4 is text too",
  ],
];

test.each(words)(
  "text is the text that it is declared to be, whatever it begins with: %j",
  async (text) => {
    const bytes = Buffer.from(text);
    expect(await decideType(bytes, "text/plain")).toBe("text/plain");
    expect(await decideType(bytes, "text/csv; charset=utf-8")).toBe("text/csv");
  },
);

test.each(words.filter((text) => !text.startsWith("%PDF-") && !text.startsWith("GIF89a")))(
  "some letters of a signature make no file of its type: %j",
  async (text) => {
    const bytes = Buffer.from(text);
    await expect(decideType(bytes, "")).rejects.toThrow(/415 type-not-accepted: unknown/);
    expect(await typeOfStart(bytes)).toBe("application/octet-stream");
    for (const type of ["image/gif", "application/pdf", "video/mp4", "image/webp", "audio/mpeg"]) {
      await expect(decideType(bytes, type)).rejects.toThrow(/415 type-mismatch/);
      expect(await contradicts(bytes, type)).toBe("something else");
    }
  },
);

const families: [what: string, bytes: Buffer, type: string][] = [
  ...["isom", "mp42", "M4V ", "M4VH", "avc1", "dash", "iso6", "3gp5", "qt  ", "f4v "].map(
    (brand): [string, Buffer, string] => [`MP4 of brand ${brand}`, ftyp(brand), "video/mp4"],
  ),
  ["a JAR", zip("META-INF/MANIFEST.MF"), "application/zip"],
  ["an EPUB", zip("mimetype", "application/epub+zip"), "application/zip"],
  [
    "an OpenDocument text",
    zip("mimetype", "application/vnd.oasis.opendocument.text"),
    "application/zip",
  ],
  ["a DOCX", zip("[Content_Types].xml"), "application/zip"],
  ["an APK", zip("AndroidManifest.xml"), "application/zip"],
  ["a ZIP of anything", zip("a.txt", "hello"), "application/zip"],
  ["a ZIP without an entry", latin1(`PK\x05\x06${"\0".repeat(18)}`), "application/zip"],
  [
    "an animated PNG",
    Buffer.concat([
      png.subarray(0, 33),
      latin1("\0\0\0\x08acTL\0\0\0\x01\0\0\0\0"),
      png.subarray(33),
    ]),
    "image/png",
  ],
  ["AVIF that says so second", ftyp("mif1", "avif", "miaf"), "image/avif"],
  ["a sequence of AVIF", ftyp("avis"), "image/avif"],
  ["a PDF with something before it", latin1("\ufeff\n%PDF-1.7\n"), "application/pdf"],
  ["a PDF of Illustrator's", latin1("%PDF-1.5\n%\xe2\xe3\n/AIPrivateData1"), "application/pdf"],
  ["GIF87a", latin1("GIF87a\x01\0\x01\0"), "image/gif"],
  ["an MP3 with a tag", latin1(`ID3\x04\0\0\0\0\x07\x76${"\0".repeat(100)}`), "audio/mpeg"],
  ["an MP3 without one", latin1("\xff\xfb\x90\x64"), "audio/mpeg"],
  ["WebP", latin1("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0"), "image/webp"],
];

test.each(families)("%s is of the family that a browser announces", async (_, bytes, type) => {
  expect(await contradicts(bytes, type)).toBeNull();
  expect(await decideType(bytes, type)).toBe(type);
});

test.each([
  ["a HEIC picture", ftyp("heic", "mif1"), "video/mp4"],
  ["an AVIF picture", ftyp("avif"), "video/mp4"],
  ["a video", ftyp("isom"), "image/avif"],
  ["a video", ftyp("M4V "), "application/zip"],
  ["a JAR", zip("META-INF/MANIFEST.MF"), "application/pdf"],
  ["a broken ftyp", latin1("\0\0\0\0ftypisom\0\0\0\0"), "video/mp4"],
])("%s of %j is not %s", async (_, bytes, type) => {
  expect(await contradicts(bytes, type)).not.toBeNull();
});

test.each([
  ["video/x-m4v", ftyp("M4V "), "video/mp4"],
  ["", ftyp("M4V "), "video/mp4"],
  ["application/x-zip-compressed", zip("META-INF/MANIFEST.MF"), "application/zip"],
  ["application/vnd.ms-excel", Buffer.from("BMI,name\n"), "text/csv"],
])("what a browser calls %j is taken by its usual name", async (declared, bytes, type) => {
  expect(await decideType(bytes, declared)).toBe(type);
});

test("of what is not declared only its exact kind counts", async () => {
  const jar = zip("META-INF/MANIFEST.MF");
  await expect(decideType(jar, "")).rejects.toThrow(/type-not-accepted: application\/java-archive/);
  expect(await typeOfStart(jar)).toBe("application/octet-stream");
});
