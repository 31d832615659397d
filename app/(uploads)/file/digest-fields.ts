import { createHash, type Hash } from "node:crypto";
import { parseDictionary } from "structured-headers";
import { HttpError } from "@/lib/http";

/** Of the algorithms registered for RFC 9530 the two that are safe; others are ignored (section 2). */
const algorithms = { "sha-256": "sha256", "sha-512": "sha512" } as const;
type Algorithm = keyof typeof algorithms;

export interface Expected {
  field: "Content-Digest" | "Repr-Digest";
  algorithm: Algorithm;
  digest: Buffer;
}

/**
 * What Content-Digest and Repr-Digest promise of the bytes. Without a Content-Encoding the content
 * of a PUT is the representation, so both are about the same bytes.
 * @throws HttpError 400 where a field is no dictionary of byte sequences (RFC 9651)
 */
export function expectedDigests(headers: Headers): Expected[] {
  return (["Content-Digest", "Repr-Digest"] as const).flatMap((field) => {
    const value = headers.get(field);
    return value === null ? [] : parse(field, value);
  });
}

function parse(field: Expected["field"], value: string): Expected[] {
  let entries: [string, unknown][];
  try {
    entries = [...parseDictionary(value)].map(([key, [item]]) => [key, item]);
  } catch {
    throw malformed(field);
  }
  return entries.flatMap(([key, item]) => {
    if (!Object.hasOwn(algorithms, key)) return [];
    if (!(item instanceof ArrayBuffer)) throw malformed(field);
    return [{ field, algorithm: key as Algorithm, digest: Buffer.from(item) }];
  });
}

const malformed = (field: string) =>
  new HttpError(400, "invalid-digest", `${field} is written so: sha-256=:<base64>:`);

/** Hashes bytes as they pass: always SHA-256, and SHA-512 where that is expected. */
export function createDigester(expected: readonly Expected[]) {
  const wanted = new Set<Algorithm>(["sha-256", ...expected.map(({ algorithm }) => algorithm)]);
  const hashes = new Map<Algorithm, Hash>(
    [...wanted].map((name) => [name, createHash(algorithms[name])]),
  );
  return {
    update(bytes: Uint8Array): void {
      for (const hash of hashes.values()) hash.update(bytes);
    },
    /**
     * The SHA-256 in base64.
     * @throws HttpError 400 where the bytes are not those that were promised
     */
    finish(): string {
      const digests = new Map([...hashes].map(([name, hash]) => [name, hash.digest()]));
      for (const { field, algorithm, digest } of expected) {
        const found = digests.get(algorithm);
        if (!found?.equals(digest)) throw mismatch(field, algorithm, found);
      }
      return digests.get("sha-256")?.toString("base64") ?? "";
    },
  };
}

function mismatch(field: string, algorithm: string, found: Buffer | undefined): HttpError {
  const received = found?.toString("base64");
  const detail = `${field} does not match what was received (${algorithm} ${received}). Nothing was stored: send it again.`;
  return new HttpError(400, "digest-mismatch", detail, { members: { algorithm, received } });
}
