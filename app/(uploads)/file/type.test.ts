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
