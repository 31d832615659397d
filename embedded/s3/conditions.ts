import { noSuchKey, S3Error } from "./errors.ts";
import type { StoredObject } from "./objects.ts";
import type { S3Request } from "./request.ts";

const failed = (Condition: string) =>
  new S3Error(
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    { Condition },
  );

/** Whether a list of entity tags, or `*`, names this one. Weak tags compare by their value. */
function names(list: string, { etag }: StoredObject): boolean {
  const tags = list.split(",").map((tag) =>
    tag
      .trim()
      .replace(/^W\//, "")
      .replace(/^"(.*)"$/, "$1"),
  );
  return tags.includes("*") || tags.includes(etag);
}

/**
 * The preconditions of a GET or HEAD, in the order of RFC 9110, section 13.2.2; with `x-amz-copy-source-`
 * before them, those of a copy.
 * @returns whether the answer is 304
 * @throws S3Error PreconditionFailed
 */
export function isNotModified(request: S3Request, object: StoredObject, prefix = ""): boolean {
  const header = (name: string) => request.header(prefix + name);
  const since = (name: string) => Date.parse(header(name) ?? "");
  const match = header("if-match");
  if (match !== undefined) {
    if (!names(match, object)) throw failed("If-Match");
  } else if (object.lastModified > since("if-unmodified-since")) {
    throw failed("If-Unmodified-Since");
  }
  const noneMatch = header("if-none-match");
  if (noneMatch !== undefined) return names(noneMatch, object);
  return object.lastModified <= since("if-modified-since");
}

/** The preconditions of a write, to be judged while nobody else writes that key. */
export function admission(request: S3Request): (before?: StoredObject) => void {
  const noneMatch = request.header("if-none-match");
  const match = request.header("if-match");
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw new S3Error("NotImplemented", "A write knows If-None-Match only with the value *.");
  }
  return (before) => {
    if (noneMatch && before) throw failed("If-None-Match");
    if (match !== undefined) mustMatch(request.key, match)(before);
  };
}

/** The object must be there, and have one of these tags. */
export function mustMatch(key: string, tags: string): (before?: StoredObject) => void {
  return (before) => {
    if (!before) throw noSuchKey(key);
    if (!names(tags, before)) throw failed("If-Match");
  };
}
