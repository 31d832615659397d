import { S3Error } from "./errors.ts";

/** The bytes that a file may have. */
export interface SizeRange {
  least: number;
  most: number;
}

type Condition = ["eq" | "starts-with", name: string, value: string];

/** Fields that no condition need name: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html */
const exempt = (name: string) =>
  name === "x-amz-signature" ||
  name === "policy" ||
  name === "file" ||
  name.startsWith("x-ignore-");

/**
 * Holds the fields of a form against its policy, which is signed: all conditions must be met, and every field
 * must have one.
 * @param fields by lower-case name, with `bucket` as one of them
 * @returns the range of sizes that the policy demands, to be enforced while the file arrives
 */
export function checkPolicy(
  policy: string,
  fields: ReadonlyMap<string, string>,
  now: Date,
): SizeRange | undefined {
  const { expiration, conditions } = parsePolicy(policy);
  if (expiration <= now.getTime()) throw denied("Policy expired.");
  let range: SizeRange | undefined;
  const named = new Set<string>();
  for (const condition of conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, value] of Object.entries(condition as object)) {
        check(fields, named, ["eq", name, requireText(value)], { [name]: value });
      }
    } else if (condition[0] === "content-length-range") {
      range = narrower(range, parseRange(condition));
    } else check(fields, named, parseCondition(condition), condition);
  }
  const extra = [...fields.keys()].filter(
    (name) => !exempt(name) && !named.has(name) && name !== "bucket",
  );
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
  return range;
}

const denied = (why: string) => new S3Error("AccessDenied", `Invalid according to Policy: ${why}`);

const invalid = (why: string) => new S3Error("InvalidPolicyDocument", `Invalid Policy: ${why}`);

function parsePolicy(policy: string): { expiration: number; conditions: unknown[] } {
  let parsed: { expiration?: unknown; conditions?: unknown };
  try {
    parsed = JSON.parse(Buffer.from(policy, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  const { expiration, conditions } = parsed ?? {};
  const time = typeof expiration === "string" ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(expiration))) {
    throw invalid("Invalid 'expiration' value.");
  }
  if (!Array.isArray(conditions)) throw invalid("Policy is missing 'conditions'.");
  const bad = conditions.find((condition) => typeof condition !== "object" || condition === null);
  if (bad !== undefined) throw invalid("Invalid condition.");
  return { expiration: time, conditions };
}

function parseCondition(condition: unknown[]): Condition {
  const [operator, name, value] = condition;
  const kind = String(operator).toLowerCase();
  if ((kind !== "eq" && kind !== "starts-with") || condition.length !== 3) {
    throw invalid(`Invalid condition: ${JSON.stringify(condition)}`);
  }
  if (typeof name !== "string" || !name.startsWith("$")) {
    throw invalid(`Invalid condition, the field must begin with $: ${JSON.stringify(condition)}`);
  }
  return [kind, name.slice(1), requireText(value)];
}

function requireText(value: unknown): string {
  if (typeof value === "string") return value;
  throw invalid("The value of a condition must be a string.");
}

function parseRange(condition: unknown[]): SizeRange {
  const [least, most] = condition.slice(1).map(Number);
  const whole = [least, most].every((value) => Number.isSafeInteger(value) && Number(value) >= 0);
  if (condition.length !== 3 || !whole) throw invalid("Invalid content-length-range.");
  return { least: Number(least), most: Number(most) };
}

const narrower = (a: SizeRange | undefined, b: SizeRange): SizeRange =>
  a ? { least: Math.max(a.least, b.least), most: Math.min(a.most, b.most) } : b;

function check(
  fields: ReadonlyMap<string, string>,
  named: Set<string>,
  [operator, field, value]: Condition,
  shown: unknown,
): void {
  const name = field.toLowerCase();
  named.add(name);
  const given = fields.get(name);
  const met =
    given !== undefined && (operator === "eq" ? given === value : given.startsWith(value));
  if (!met) throw denied(`Policy Condition failed: ${JSON.stringify(shown)}`);
}
