import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { S3Error } from "./errors.ts";
import { checkPolicy, type SizeRange } from "./policy.ts";

const now = new Date("2026-11-22T10:15:00Z");
const expiration = "2026-11-22T10:15:00.001Z";
const encode = (policy: unknown) =>
  Buffer.from(typeof policy === "string" ? policy : JSON.stringify(policy)).toString("base64");

/** The range of sizes, or the code and the message of the refusal. */
function judged(
  policy: unknown,
  fields: Record<string, string> = {},
): SizeRange | undefined | string {
  try {
    return checkPolicy(encode(policy), new Map(Object.entries(fields)), now);
  } catch (error) {
    if (error instanceof S3Error) return `${error.code}: ${error.message}`;
    throw error;
  }
}
const judge = (conditions: unknown, fields?: Record<string, string>) =>
  judged({ expiration, conditions }, fields);

const key = { key: "u/1/photo" };
const failed = (condition: unknown) =>
  `AccessDenied: Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`;

describe("conditions", () => {
  test.each<[string, unknown[], Record<string, string>, unknown]>([
    ["an exact field", [{ key: "u/1/photo" }], key, undefined],
    ["eq", [["eq", "$key", "u/1/photo"]], key, undefined],
    ["names in any case", [["EQ", "$Key", "u/1/photo"]], key, undefined],
    ["starts-with", [["starts-with", "$key", "u/1/"]], key, undefined],
    ["starts-with nothing", [["starts-with", "$key", ""]], key, undefined],
    [
      "several fields in one",
      [{ key: "u/1/photo", acl: "private" }],
      { ...key, acl: "private" },
      undefined,
    ],
    [
      "a field that is exempt",
      [key],
      { ...key, "x-ignore-me": "a", policy: "p", "x-amz-signature": "s" },
      undefined,
    ],
    ["the bucket, which needs none", [key], { ...key, bucket: "b" }, undefined],
    ["another bucket", [key, { bucket: "a" }], { ...key, bucket: "b" }, failed({ bucket: "a" })],
    ["another value", [{ key: "u/1/photos" }], key, failed({ key: "u/1/photos" })],
    ["another case of the value", [{ key: "U/1/photo" }], key, failed({ key: "U/1/photo" })],
    [
      "another beginning",
      [["starts-with", "$key", "u/2/"]],
      key,
      failed(["starts-with", "$key", "u/2/"]),
    ],
    [
      "a field that is missing",
      [key, ["eq", "$acl", "private"]],
      key,
      failed(["eq", "$acl", "private"]),
    ],
    [
      "one of two that fails",
      [
        ["starts-with", "$key", "u/"],
        ["eq", "$key", "u/1"],
      ],
      key,
      failed(["eq", "$key", "u/1"]),
    ],
    [
      "a field of no condition",
      [key],
      { ...key, acl: "private" },
      "AccessDenied: Invalid according to Policy: Extra input fields: acl",
    ],
    ["a range", [key, ["content-length-range", 1, 10]], key, { least: 1, most: 10 }],
    [
      "two ranges: both hold",
      [key, ["content-length-range", 1, 10], ["content-length-range", 5, 20]],
      key,
      { least: 5, most: 10 },
    ],
  ])("%s", (_, conditions, fields, expected) => {
    expect(judge(conditions, fields)).toEqual(expected);
  });
});

describe("a document that is none", () => {
  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["null", null],
    ["a list", []],
    ["no expiration", { conditions: [] }],
    ["a day as expiration", { expiration: "2030-01-01", conditions: [] }],
    ["an expiration that is none", { expiration: "soon", conditions: [] }],
    ["no conditions", { expiration }],
    ["a text as condition", { expiration, conditions: ["key"] }],
    ["null as condition", { expiration, conditions: [null] }],
    ["an unknown operator", { expiration, conditions: [["ends-with", "$key", "a"]] }],
    ["no dollar", { expiration, conditions: [["eq", "key", "a"]] }],
    ["too few items", { expiration, conditions: [["eq", "$key"]] }],
    ["a number as value", { expiration, conditions: [{ key: 1 }] }],
    ["a range of texts", { expiration, conditions: [["content-length-range", "a", "b"]] }],
    ["a negative range", { expiration, conditions: [["content-length-range", -1, 5]] }],
    ["half a range", { expiration, conditions: [["content-length-range", 1]] }],
  ])("%s", (_, policy) => {
    expect(judged(policy, key)).toMatch(/^InvalidPolicyDocument: /);
  });
});

test("it ends at its expiration, to the millisecond", () => {
  expect(judged({ expiration, conditions: [key] }, key)).toBeUndefined();
  const over = { expiration: "2026-11-22T10:15:00Z", conditions: [key] };
  expect(judged(over, key)).toBe("AccessDenied: Invalid according to Policy: Policy expired.");
});

test("no field is accepted that no condition allows, whatever the fields and conditions are", () => {
  const name = fc
    .stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
    .filter((given) => !["bucket", "file", "policy"].includes(given));
  const fields = fc.dictionary(name, fc.string({ maxLength: 5 }), {
    minKeys: 1,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fields, fc.nat(), (given, pick) => {
      const all = Object.entries(given).map(([field, value]) => ["eq", `$${field}`, value]);
      expect(judge(all, given)).toBeUndefined();
      const without = all.filter((_, index) => index !== pick % all.length);
      expect(judge(without, given)).toMatch(/Extra input fields/);
      const [changed = ""] = Object.keys(given);
      expect(judge(all, { ...given, [changed]: `${given[changed]}x` })).toMatch(/Condition failed/);
    }),
  );
});
