import { HttpError } from "./http";

/**
 * The Idempotency-Key of a request: a structured-field string (draft-ietf-httpapi-idempotency-key,
 * section 2.1). Without quotes, as most clients send it, it is the same key.
 * @throws HttpError 400
 */
export function idempotencyKey(headers: Headers): string | undefined {
  const header = headers.get("idempotency-key");
  if (header === null) return undefined;
  const [, quoted, bare] = /^(?:"((?:[ !#-[\]-~]|\\["\\])*)"|([\w.:-]+))$/.exec(header) ?? [];
  const key = quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
  if (key.length >= 1 && key.length <= 128) return key;
  const detail = 'Idempotency-Key is a string of 1 to 128 printable characters: "8e03978e-40d5".';
  throw new HttpError(400, "invalid-idempotency-key", detail);
}
