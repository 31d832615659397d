import { createHash } from "node:crypto";
import { type Algorithm, type Checksum, digestOf, headerOf, requireChecksum } from "./checksums.ts";
import { incomplete, isFramed, unframe } from "./chunked.ts";
import { S3Error } from "./errors.ts";
import {
  announcedLength,
  type Expected,
  expectedChecksum,
  expectedMd5,
  expectedSha256,
} from "./expected.ts";
import type { S3Request } from "./request.ts";

export interface Received {
  /** MD5 in hex: the ETag of an object of one piece. */
  md5: string;
  checksum?: Checksum;
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
 * @param checksumHeaders those that are about the body; all of them where it is not given
 */
export function openBody(request: S3Request, checksumHeaders?: string[]): Body {
  const { verified } = request;
  const framed = isFramed(verified.payload);
  const length = announcedLength(request, framed);
  const trailers = new Map<string, string>();
  const expected: Expected = {
    sha256: expectedSha256(verified.payload, framed),
    md5: expectedMd5(request),
    checksum: expectedChecksum(request, framed, checksumHeaders),
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

/** Reads a small body, such as a list of parts, whole and verified. */
export async function readText(
  request: S3Request,
  most: number,
  checksumHeaders?: string[],
): Promise<string> {
  const { chunks } = openBody(request, checksumHeaders);
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
