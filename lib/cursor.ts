import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import { HttpError } from "./http";

/** RFC 2104, section 5: a truncated MAC keeps at least half of the hash's bytes. */
const MAC_BYTES = 16;

/** What a cursor is bound to: the list it belongs to and how that list is read, as JSON values. */
export type CursorScope = readonly (string | number | boolean | null)[];

export interface CursorOptions<Position> {
  /** The name of the list. Each name has a key of its own: no list takes the cursors of another. */
  name: string;
  /** The deployment's secret, so that every instance reads what another one has signed. */
  secret: string;
  /** Increase it when the payload changes its form: cursors made before are then refused. */
  version: number;
  /** The payload: where in the list a page ended. It travels as JSON, so keep it small. */
  position: z.ZodType<Position>;
  /** Maximum length of a cursor, in characters. A longer one is refused before it is decoded. */
  maxLength: number;
  /** Where a client finds its next cursor, for the message of a refusal. */
  source: string;
  /** What the scope names, for the message of a refusal: "another list or sort". */
  boundTo: string;
}

/**
 * Cursors that only this deployment can make: base64url of version, signature and payload. The scope
 * is signed with the payload but is not part of it: with another scope the signature differs.
 * The payload is signed, not encrypted: put into it only what its reader has seen.
 */
export function createCursors<Position>(options: CursorOptions<Position>) {
  const { name, secret, version, position: schema, maxLength, source, boundTo } = options;
  const key = Buffer.from(hkdfSync("sha256", secret, "", `patternbook ${name} cursor`, 32));

  const sign = (payload: Buffer, scope: CursorScope): Buffer =>
    createHmac("sha256", key)
      .update(`${JSON.stringify([version, ...scope])}\n`)
      .update(payload)
      .digest()
      .subarray(0, MAC_BYTES);

  function refused(reason: string): HttpError {
    const detail = `cursor ${reason}. Take it as it is from ${source}, or begin without one.`;
    return new HttpError(400, "invalid-cursor", detail, {
      members: { errors: [{ field: "cursor", message: reason }] },
    });
  }

  return {
    encode(position: Position, scope: CursorScope): string {
      const payload = Buffer.from(JSON.stringify(position));
      return Buffer.concat([Buffer.of(version), sign(payload, scope), payload]).toString(
        "base64url",
      );
    },

    /** @throws HttpError 400 invalid-cursor for everything that `encode` has not made for this scope */
    decode(text: string, scope: CursorScope): Position {
      if (text.length > maxLength) throw refused("is longer than any of ours");
      const bytes = Buffer.from(text, "base64url");
      // Node's decoder skips characters that it does not know: one cursor would have many spellings.
      if (bytes.toString("base64url") !== text || bytes.length <= 1 + MAC_BYTES)
        throw refused("is none of ours");
      if (bytes[0] !== version) throw refused("is of another version of this API");
      const payload = bytes.subarray(1 + MAC_BYTES);
      if (!timingSafeEqual(bytes.subarray(1, 1 + MAC_BYTES), sign(payload, scope)))
        throw refused(`was changed, or made for ${boundTo}`);
      const parsed = schema.safeParse(JSON.parse(payload.toString()));
      if (!parsed.success) throw refused("is of another version of this API");
      return parsed.data;
    },
  };
}
