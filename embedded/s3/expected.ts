import { type Algorithm, requireAlgorithm, requireChecksum } from "./checksums.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { Headers } from "./request.ts";

/** S3's limit for one PUT. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** What the bytes are held against once all have come. */
export interface Expected {
  sha256?: string;
  /** Base64. */
  md5?: string;
  /** A value that is not here comes in a trailer. */
  checksum?: { algorithm: Algorithm; value?: string };
  trailers?: ReadonlyMap<string, string>;
}

export function announcedLength(request: Headers, framed: boolean): number {
  const name = framed ? "x-amz-decoded-content-length" : "content-length";
  const text = request.header(name);
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new S3Error("MissingContentLength", `You must provide the ${name} HTTP header.`);
  }
  const length = Number(text);
  if (length > MAX_PUT_BYTES) throw tooLarge(length, MAX_PUT_BYTES);
  return length;
}

export function tooLarge(proposed: number, most: number): S3Error {
  return new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: proposed,
    MaxSizeAllowed: most,
  });
}

export function expectedSha256(payload: string, framed: boolean): string | undefined {
  if (framed || payload === "UNSIGNED-PAYLOAD") return undefined;
  if (/^[0-9a-f]{64}$/.test(payload)) return payload;
  if (payload.startsWith("STREAMING-")) throw notImplemented(payload);
  throw new S3Error(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: payload },
  );
}

export function expectedMd5(request: Headers): string | undefined {
  const given = request.header("content-md5");
  if (given === undefined) return undefined;
  const bytes = Buffer.from(given, "base64");
  if (bytes.length === 16 && bytes.toString("base64") === given) return given;
  throw new S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
}

const prefix = "x-amz-checksum-";

/** The headers that have a checksum for a value. */
export const checksumHeaderNames = (request: Headers): string[] =>
  request
    .headerNames()
    .filter((name) => name.startsWith(prefix) && !/-(algorithm|type|mode)$/.test(name));

/**
 * The algorithm, and the value unless it comes in a trailer.
 * @param headers those that are about the body
 */
export function expectedChecksum(
  request: Headers,
  framed: boolean,
  headers = checksumHeaderNames(request),
): Expected["checksum"] {
  const trailer =
    request
      .header("x-amz-trailer")
      ?.toLowerCase()
      .split(",")
      .map((name) => name.trim()) ?? [];
  const announced = framed ? trailer.filter((name) => name.startsWith(prefix)) : [];
  if (headers.length + announced.length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const name = headers[0] ?? announced[0];
  if (name) {
    const algorithm = requireAlgorithm(name.slice(prefix.length));
    const value = headers[0] && request.header(headers[0]);
    return value === undefined ? { algorithm } : requireChecksum(algorithm, value);
  }
  if (request.header("x-amz-sdk-checksum-algorithm")) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  return undefined;
}
