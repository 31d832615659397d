import { createHash } from "node:crypto";
import {
  type Algorithm,
  type Checksum,
  digestOf,
  headerOf,
  requireAlgorithm,
  requireChecksum,
} from "./checksums.ts";
import { incomplete, isFramed, unframe } from "./chunked.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { Headers, S3Request } from "./request.ts";

/** S3's limit for one PUT. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

export interface Received {
  /** MD5 in hex: the ETag of an object of one piece. */
  md5: string;
  checksum?: Checksum;
}

/** What the bytes are held against once all have come. */
interface Expected {
  sha256?: string;
  /** Base64. */
  md5?: string;
  /** A value that is not here comes in a trailer. */
  checksum?: { algorithm: Algorithm; value?: string };
  trailers?: ReadonlyMap<string, string>;
}

export interface Body {
  /** Ends with an error where what has come is not what was announced. */
  chunks: AsyncIterable<Buffer>;
  /** Known once all chunks are read. */
  received(): Received;
}

/**
 * The body of an upload: without its framing, held against its length, x-amz-content-sha256, Content-MD5 and
 * the checksum that the client gives in a header or a trailer.
 */
export function openBody(request: S3Request): Body {
  const { verified } = request;
  const framed = isFramed(verified.payload);
  const length = announcedLength(request, framed);
  const trailers = new Map<string, string>();
  const expected: Expected = {
    sha256: expectedSha256(verified.payload, framed),
    md5: expectedMd5(request),
    checksum: expectedChecksum(request, framed),
    trailers,
  };
  const source = request.body;
  const bytes = async function* () {
    let size = 0;
    for await (const chunk of framed ? unframe(source(), verified, trailers) : source()) {
      size += chunk.length;
      if (size > length) throw incomplete();
      yield chunk;
    }
    if (size !== length) throw incomplete();
  };
  return verify(bytes(), expected);
}

/** Passes bytes on, and at their end holds them against what was expected. */
export function verify(source: AsyncIterable<Buffer>, expected: Expected): Body {
  let received: Received | undefined;

  async function* chunks(): AsyncGenerator<Buffer> {
    const md5 = createHash("md5");
    const sha256 = expected.sha256 ? createHash("sha256") : undefined;
    const digest = expected.checksum && digestOf(expected.checksum.algorithm);
    for await (const chunk of source) {
      md5.update(chunk);
      sha256?.update(chunk);
      digest?.update(chunk);
      yield chunk;
    }
    if (sha256 && sha256.digest("hex") !== expected.sha256) throw sha256Mismatch();
    const sum = md5.digest();
    if (expected.md5 && expected.md5 !== sum.toString("base64")) throw badDigest("Content-MD5");
    received = { md5: sum.toString("hex") };
    if (!expected.checksum || !digest) return;
    const { algorithm } = expected.checksum;
    const given = expected.checksum.value ?? expected.trailers?.get(headerOf(algorithm)) ?? "";
    const value = digest.digest().toString("base64");
    if (requireChecksum(algorithm, given).value !== value) throw badDigest(algorithm);
    received.checksum = { algorithm, value };
  }

  return {
    chunks: chunks(),
    received() {
      if (!received) throw new Error("The body has not been read to its end.");
      return received;
    },
  };
}

function announcedLength(request: S3Request, framed: boolean): number {
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

function expectedSha256(payload: string, framed: boolean): string | undefined {
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

/** The algorithm, and the value unless it comes in a trailer. */
export function expectedChecksum(request: Headers, framed: boolean): Expected["checksum"] {
  const prefix = "x-amz-checksum-";
  const headers = request
    .headerNames()
    .filter((name) => name.startsWith(prefix) && !/-(algorithm|type|mode)$/.test(name));
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

const sha256Mismatch = () =>
  new S3Error(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );

const badDigest = (what: Algorithm | "Content-MD5") =>
  new S3Error(
    "BadDigest",
    what === "Content-MD5"
      ? "The Content-MD5 you specified did not match what we received."
      : `The ${what} you specified did not match the calculated checksum.`,
  );

/** Reads a small body, such as a list of parts, whole and verified. */
export async function readText(request: S3Request, most: number): Promise<string> {
  const { chunks } = openBody(request);
  const all: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most)
      throw new S3Error("MaxMessageLengthExceeded", "Your request was too big.", {
        MaxMessageLengthBytes: most,
      });
    all.push(chunk);
  }
  return Buffer.concat(all).toString("utf8");
}
