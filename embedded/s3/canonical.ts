import { S3Error } from "./errors.ts";

/** The part of a request that a signature is about. */
export interface Signable {
  method: string;
  /** Decoded: `/bucket/key`. */
  path: string;
  /** Decoded, in the order of the request. */
  query: readonly (readonly [string, string])[];
  /** By lower-case name, each with all its values. */
  headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** AWS's UriEncode: everything but the unreserved characters of RFC 3986, section 2.3. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const encodePath = (path: string) => path.split("/").map(uriEncode).join("/");

/**
 * Splits and decodes the target of a request line. Nothing is normalised: `..` and `//` are characters of a key.
 * A plus is a blank in the query and a plus in the path, as S3 reads them.
 */
export function parseTarget(target: string): Pick<Signable, "path" | "query"> {
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(target) ?? [];
  if (!path.startsWith("/")) throw new S3Error("InvalidURI", "Couldn't parse the specified URI.");
  const pairs = query.split("&").flatMap((pair) => {
    if (!pair) return [];
    const [name = "", ...value] = pair.replaceAll("+", " ").split("=");
    return [[decode(name), decode(value.join("="))] as const];
  });
  return { path: decode(path), query: pairs };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.");
  }
}

/**
 * The canonical request. A header that is signed and missing counts as empty.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
export function canonicalRequest(
  { method, path, query, headers }: Signable,
  signedHeaders: readonly string[],
  payload: string,
): string {
  const pairs = query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join("="));
  const lines = signedHeaders.map((name) => {
    const values = (headers[name] ?? []).map((value) => value.trim().replace(/\s+/g, " "));
    return `${name}:${values.join(",")}\n`;
  });
  return [
    method,
    encodePath(path),
    pairs.join("&"),
    lines.join(""),
    signedHeaders.join(";"),
    payload,
  ].join("\n");
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
