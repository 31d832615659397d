import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { pageLimits } from "../contract";
import type { Position } from "./keyset";
import type { Reading } from "./reading";

/** Counted up when the payload changes its form: cursors of before are then refused. */
const VERSION = 1;
/** RFC 2104, section 5: no less than half of the hash. */
const MAC_BYTES = 16;

/**
 * Cursors: base64url of version, signature and payload. What they are bound to (list, sort,
 * direction, category) is signed with them and not in them: with another it is another signature.
 * Signed, not encrypted: the values are those of a row that the reader has seen.
 */
export function createCursors({ secret, version = VERSION }: { secret: string; version?: number }) {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "patternbook pagination cursor", 32));

  function sign(payload: Buffer, { list, sort, direction, category }: Reading): Buffer {
    const scope = JSON.stringify([version, list, sort, direction, category ?? null]);
    return createHmac("sha256", key)
      .update(`${scope}\n`)
      .update(payload)
      .digest()
      .subarray(0, MAC_BYTES);
  }

  return {
    encode({ way, inclusive, value, id }: Position, reading: Reading): string {
      const payload = Buffer.from(JSON.stringify([way, inclusive, value, id]));
      const parts = [Buffer.of(version), sign(payload, reading), payload];
      return Buffer.concat(parts).toString("base64url");
    },

    /**
     * @throws HttpError 400 invalid-cursor, for whatever is wrong with it
     */
    decode(text: string, reading: Reading): Position {
      if (text.length > pageLimits.cursorLength) throw refused("is longer than any of ours");
      const bytes = Buffer.from(text, "base64url");
      // Node's decoder skips what it does not know: one cursor would have many spellings.
      if (bytes.toString("base64url") !== text || bytes.length <= 1 + MAC_BYTES)
        throw refused("is none of ours");
      if (bytes[0] !== version) throw refused("is of another version of this API");
      const payload = bytes.subarray(1 + MAC_BYTES);
      if (!timingSafeEqual(bytes.subarray(1, 1 + MAC_BYTES), sign(payload, reading)))
        throw refused("was changed, or made for another list, sort, direction or category");
      const [way, inclusive, value, id] = JSON.parse(payload.toString());
      return { way, inclusive, value, id };
    },
  };
}

function refused(why: string): HttpError {
  const detail = `cursor ${why}. Take it as it is from next_cursor, or begin without one.`;
  return new HttpError(400, "invalid-cursor", detail, {
    members: { errors: [{ field: "cursor", message: why }] },
  });
}

/** Those of this deployment: every instance reads what another one has signed. */
export const cursors = () =>
  remember("item-cursors", () => createCursors({ secret: env().SESSION_SECRET }));
