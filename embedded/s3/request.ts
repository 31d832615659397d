import type { IncomingMessage } from "node:http";
import type { Signable } from "./canonical.ts";
import { S3Error } from "./errors.ts";
import type { Verified } from "./sigv4.ts";

/** S3's limit, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** Headers by lower-case name: of a request, or the fields of a form. */
export interface Headers {
  headerNames(): string[];
  header(name: string): string | undefined;
}

/** A request whose signature is right. */
export class S3Request implements Headers {
  constructor(
    readonly incoming: IncomingMessage,
    readonly signable: Signable,
    readonly verified: Verified,
    readonly bucket: string,
    /** Empty where the request is about the bucket. */
    readonly key: string,
    /** Says 100 Continue where the client waits for it, and answers the body. */
    readonly body: () => AsyncIterable<Buffer>,
  ) {}

  get method(): string {
    return this.signable.method;
  }

  query(name: string): string | undefined {
    return this.signable.query.find(([given]) => given === name)?.[1];
  }

  /** A header; of a presigned request an x-amz-* one may stand in the query, where signers put it. */
  header(name: string): string | undefined {
    const values = this.signable.headers[name];
    if (values) return values.join(",");
    if (!this.verified.presigned || !name.startsWith("x-amz-")) return undefined;
    return this.signable.query.find(([given]) => given.toLowerCase() === name)?.[1];
  }

  /** The names of all headers, those in the query of a presigned request included. */
  headerNames(): string[] {
    const hoisted = this.verified.presigned
      ? this.signable.query
          .map(([name]) => name.toLowerCase())
          .filter((name) => name.startsWith("x-amz-"))
      : [];
    return [...new Set([...Object.keys(this.signable.headers), ...hoisted])];
  }

  /** A whole number in the query; `most` where it is more. */
  count(name: string, fallback: number, most: number): number {
    return parseCount(name, this.query(name), fallback, most);
  }

  /** The same in a header. */
  headerCount(name: string, fallback: number, most: number): number {
    return parseCount(name, this.header(name), fallback, most);
  }
}

function parseCount(
  name: string,
  text: string | undefined,
  fallback: number,
  most: number,
): number {
  if (text === undefined || text === "") return fallback;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2 ** 31 - 1) return Math.min(Number(text), most);
  throw new S3Error("InvalidArgument", `Provided ${name} not an integer or within integer range`, {
    ArgumentName: name,
    ArgumentValue: text,
  });
}

/** `/bucket/key` of a decoded path. */
export function splitPath(path: string): { bucket: string; key: string } {
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  requireKeyLength(key);
  return { bucket, key };
}

export function requireKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return;
  throw new S3Error("KeyTooLongError", "Your key is too long", {
    Size: size,
    MaxSizeAllowed: MAX_KEY_BYTES,
  });
}
