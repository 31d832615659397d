import { createHash, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: 48 bits of time and 80 random ones, in Crockford's base 32. */
export function ulid(now: number, entropy: Uint8Array = randomBytes(10)): string {
  const head = Buffer.alloc(6);
  head.writeUIntBE(now, 0, 6);
  let rest = BigInt(`0x${Buffer.concat([head, entropy.subarray(0, 10)]).toString("hex")}`);
  let text = "";
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

/**
 * The ids of a batch of events from `x-inngest-event-id-seed: <milliseconds>,<base64>`, which the SDK
 * keeps over its retries: the same seed and place, the same id.
 */
export function seededUlid(seed: string, index: number): string | undefined {
  const [, time, entropy] = /^(\d{1,14}),([A-Za-z0-9+/=]{1,64})$/.exec(seed) ?? [];
  if (!time || !entropy) return undefined;
  return ulid(Number(time), createHash("sha256").update(`${entropy} ${index}`).digest());
}
