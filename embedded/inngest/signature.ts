import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_SECONDS = 300;

/** `signkey-<environment>-` says where a key belongs and is no part of it. */
const bare = (key: string) => key.replace(/^signkey-\w+-/, "");

function digest(body: string, seconds: string, key: string): string {
  return createHmac("sha256", bare(key)).update(body).update(seconds).digest("hex");
}

/** The value of `x-inngest-signature` for a body, which is canonical JSON (RFC 8785) or empty. */
export function sign(body: string, key: string, now: number): string {
  const seconds = String(Math.floor(now / 1_000));
  return `t=${seconds}&s=${digest(body, seconds, key)}`;
}

/** Whether a signature is ours and not older, or newer, than five minutes. */
export function verify(header: unknown, body: string, key: string, now: number): boolean {
  const given = new URLSearchParams(typeof header === "string" ? header : "");
  const seconds = given.get("t") ?? "";
  if (!/^\d+$/.test(seconds)) return false;
  if (Math.abs(now / 1_000 - Number(seconds)) > TOLERANCE_SECONDS) return false;
  return same(given.get("s") ?? "", digest(body, seconds, key));
}

/** Whether a bearer token is the signing key, plain or hashed as the SDK sends it. */
export function isSigningKey(token: string, key: string): boolean {
  const prefix = key.slice(0, key.length - bare(key).length);
  const hashed =
    prefix +
    createHash("sha256")
      .update(Buffer.from(bare(key), "hex"))
      .digest("hex");
  return same(token, key) || same(token, hashed);
}

/** Compares in constant time. */
export function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
