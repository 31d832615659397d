import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./errors.ts";

/** The checksums that we verify. CRC64NVME is refused. */
export const algorithms = ["CRC32", "CRC32C", "SHA1", "SHA256"] as const;
export type Algorithm = (typeof algorithms)[number];

/** A checksum as S3 tells it: base64; of a multipart object followed by `-<parts>`. */
export interface Checksum {
  algorithm: Algorithm;
  value: string;
}

export interface Digest {
  update(bytes: Buffer): unknown;
  digest(): Buffer;
}

export const headerOf = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

const lengths: Record<Algorithm, number> = { CRC32: 4, CRC32C: 4, SHA1: 20, SHA256: 32 };

export function digestOf(algorithm: Algorithm): Digest {
  if (algorithm === "CRC32") return cyclic((bytes, crc) => crc32(bytes, crc));
  if (algorithm === "CRC32C") return cyclic(crc32c);
  return createHash(algorithm.toLowerCase());
}

function cyclic(next: (bytes: Buffer, crc: number) => number): Digest {
  let crc = 0;
  return {
    update(bytes) {
      crc = next(bytes, crc);
    },
    digest() {
      const value = Buffer.alloc(4);
      value.writeUInt32BE(crc >>> 0);
      return value;
    },
  };
}

/** Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). */
const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

function crc32c(bytes: Buffer, crc: number): number {
  let value = ~crc;
  for (let i = 0; i < bytes.length; i++) {
    value = (castagnoli[(value ^ (bytes[i] as number)) & 0xff] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}

/** @throws S3Error InvalidRequest where it is not the base64 of as many bytes as the algorithm has */
export function requireChecksum(algorithm: Algorithm, value: string): Checksum {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length === lengths[algorithm] && bytes.toString("base64") === value) {
    return { algorithm, value };
  }
  throw new S3Error("InvalidRequest", `Value for ${headerOf(algorithm)} header is invalid.`);
}

/** @throws S3Error NotImplemented for one that S3 knows and we do not, InvalidRequest for any other */
export function requireAlgorithm(name: string): Algorithm {
  const known = algorithms.find((algorithm) => algorithm === name.toUpperCase());
  if (known) return known;
  if (/^(crc64nvme|sha512|md5|xxhash\d+)$/i.test(name)) {
    throw new S3Error("NotImplemented", `The checksum ${name} is not implemented here.`);
  }
  throw new S3Error(
    "InvalidRequest",
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, SHA1, SHA256]",
  );
}

/** The checksum of the parts' checksums: what S3 calls composite. */
export function composite(algorithm: Algorithm, parts: readonly string[]): Checksum {
  const digest = digestOf(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, "base64"));
  return { algorithm, value: `${digest.digest().toString("base64")}-${parts.length}` };
}
