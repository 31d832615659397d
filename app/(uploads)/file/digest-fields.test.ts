import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createDigester, expectedDigests } from "./digest-fields";

const bytes = Buffer.from('{"hello": "world"}');
const digest = (name: string) => createHash(name).update(bytes).digest("base64");
const fields = (value: string, name = "content-digest") => new Headers({ [name]: value });

function verify(headers: Headers): string {
  const digester = createDigester(expectedDigests(headers));
  digester.update(bytes.subarray(0, 5));
  digester.update(bytes.subarray(5));
  return digester.finish();
}

test("the examples of RFC 9530 (appendix D)", () => {
  const sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
  expect(verify(fields(sha256))).toBe("X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
  expect(verify(fields(sha256, "repr-digest"))).toBe(digest("sha256"));
});

test("sha-512, both at once, and what else stands there is ignored", () => {
  const all = `unixsum=30637, md5=:AAAA:, sha-256=:${digest("sha256")}:, sha-512=:${digest("sha512")}:`;
  expect(verify(fields(all))).toBe(digest("sha256"));
  expect(verify(new Headers())).toBe(digest("sha256"));
});

test.each(["sha-256", "sha-512"])("other bytes than %s promises are refused", (name) => {
  const other = createHash(name.replace("-", "")).update("other").digest("base64");
  for (const field of ["content-digest", "repr-digest"])
    expect(() => verify(fields(`${name}=:${other}:`, field))).toThrow(/digest-mismatch/);
  expect(() => verify(fields(`${name}=:AAAA:`))).toThrow(/digest-mismatch/);
});

test.each([
  "sha-256=abc",
  'sha-256="abc"',
  "sha-256=:***:",
  "sha-256",
  "SHA-256=:AAAA:",
  ",",
  "sha-256=1",
])("%j is malformed", (value) =>
  expect(() => expectedDigests(fields(value))).toThrow(/invalid-digest/),
);
