/** Above it, hashing in the browser would hold too much: WebCrypto takes whole buffers only. */
const MAX_BYTES = 64 * 1024 * 1024;

const toBase64 = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function sha256(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  return toBase64(await crypto.subtle.digest("SHA-256", bytes));
}

/** The SHA-256 of a file; undefined for one that is too large, and where there is no WebCrypto. */
export async function digestOf(file: Blob): Promise<string | undefined> {
  if (file.size > MAX_BYTES || !globalThis.crypto?.subtle) return undefined;
  return sha256(await file.arrayBuffer());
}

/** The SHA-256 of a part; undefined outside of a secure context, where there is no WebCrypto. */
export async function digestOfPart(part: Blob): Promise<string | undefined> {
  return globalThis.crypto?.subtle ? sha256(await part.arrayBuffer()) : undefined;
}

/** What S3 calls the checksum of a multipart object: the digest of its parts' digests, and their number. */
export async function digestOfDigests(parts: readonly string[]): Promise<string> {
  const bytes = parts.flatMap((part) => [...atob(part)].map((char) => char.charCodeAt(0)));
  return `${await sha256(new Uint8Array(bytes))}-${parts.length}`;
}
