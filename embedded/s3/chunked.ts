import { createHash } from "node:crypto";
import { S3Error } from "./errors.ts";
import { sameSignature, sign, signatureDoesNotMatch, type Verified } from "./sigv4.ts";

const MAX_LINE = 8 * 1024;
const EMPTY = createHash("sha256").digest("hex");

/** The chunk signatures of a signed stream: each covers its chunk and the signature before it. */
class Chain {
  constructor(private readonly seed: Verified["seed"]) {}

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
  check(kind: "PAYLOAD" | "TRAILER", given: string | undefined, digest: string): void {
    const { date, scope, key, signature } = this.seed;
    const hashes = kind === "PAYLOAD" ? [EMPTY, digest] : [digest];
    const text = [`AWS4-HMAC-SHA256-${kind}`, date, scope, signature, ...hashes].join("\n");
    const expected = sign(key, text);
    if (!given || !sameSignature(given, expected))
      throw signatureDoesNotMatch({ StringToSign: text });
    this.seed.signature = expected;
  }
}

/** Reads lines and runs of bytes from chunks that end anywhere, without copying the bytes. */
class Reader {
  #rest: Buffer = Buffer.alloc(0);
  readonly #source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#source.next();
    if (done) throw incomplete();
    return value;
  }

  async line(): Promise<string> {
    let end = this.#rest.indexOf("\r\n");
    while (end < 0) {
      if (this.#rest.length > MAX_LINE) throw new S3Error("InvalidRequest", "A line is too long.");
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
      end = this.#rest.indexOf("\r\n");
    }
    const line = this.#rest.toString("latin1", 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Nothing may follow; reading up to the end also lets the connection be used again. */
  async end(): Promise<void> {
    const { done } = await this.#source.next();
    if (this.#rest.length > 0 || !done) throw new S3Error("InvalidRequest", "Bytes after the end.");
  }
}

/** The framings of a body that x-amz-content-sha256 may name. */
const framings: Record<string, { signed: boolean; trailer: boolean }> = {
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { signed: false, trailer: true },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { signed: true, trailer: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { signed: true, trailer: true },
};

/** Whether a body of that kind is framed. */
export const isFramed = (payload: string) => payload in framings;

/**
 * Takes the framing off (Content-Encoding: aws-chunked): `<size in hex>[;chunk-signature=…]`, the bytes,
 * a chunk of size 0 and the trailers, which are put into `trailers`.
 */
export async function* unframe(
  source: AsyncIterable<Buffer>,
  { payload, seed }: Verified,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const framing = framings[payload];
  const reader = new Reader(source);
  const chain = framing?.signed ? new Chain({ ...seed }) : undefined;
  for (;;) {
    const line = await reader.line();
    const [, hex, signature] =
      /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
    if (!hex) throw new S3Error("InvalidRequest", "The framing of a chunk is malformed.");
    const size = Number.parseInt(hex, 16);
    const hash = createHash("sha256");
    for await (const piece of reader.bytes(size)) {
      if (chain) hash.update(piece);
      yield piece;
    }
    chain?.check("PAYLOAD", signature, hash.digest("hex"));
    if (size === 0) break;
    if ((await reader.line()) !== "") throw new S3Error("InvalidRequest", "A chunk is too long.");
  }
  await readTrailers(reader, trailers);
  if (chain && framing?.trailer) checkTrailers(chain, trailers);
  await reader.end();
}

async function readTrailers(reader: Reader, trailers: Map<string, string>): Promise<void> {
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const at = line.indexOf(":");
    if (at < 1 || trailers.size > 10)
      throw new S3Error("InvalidRequest", "A trailer is malformed.");
    trailers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
}

function checkTrailers(chain: Chain, trailers: Map<string, string>): void {
  const signature = trailers.get("x-amz-trailer-signature");
  trailers.delete("x-amz-trailer-signature");
  const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
  chain.check("TRAILER", signature, createHash("sha256").update(text).digest("hex"));
}

export const incomplete = () =>
  new S3Error(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header.",
  );
