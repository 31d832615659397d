import { HttpError } from "@/lib/http";

/** How old a signature may be, or how far ahead a clock, in seconds: as the SDK has it. */
const TOLERANCE_SECONDS = 300;

/** Tells the client what is asked for (RFC 9110, 11.6.1): Inngest's own header, and no password. */
export const challenge = { "www-authenticate": "Inngest-Signature" };

/** The answer to a call that Inngest has not signed. */
export const notSigned = () =>
  new HttpError(
    401,
    "unsigned-call",
    "Only Inngest may call this, and signs each call: X-Inngest-Signature: t=<seconds>&s=<hex>.",
    { headers: challenge },
  );

/**
 * Refuses a call by its headers alone that the SDK would refuse for its signature, so that nobody's body
 * is read for nothing: the signature is there, has the form of one and is fresh. Whether it is right
 * is known once the body is there, and the SDK's to say.
 * @throws HttpError 401
 */
export function assertFreshlySigned(headers: Headers, nowMs: number): void {
  const parameters = new URLSearchParams(headers.get("x-inngest-signature") ?? "");
  const [time = "", signature = ""] = [parameters.get("t"), parameters.get("s")].map(String);
  if (!/^\d{1,12}$/.test(time) || !/^[\da-f]{64}$/i.test(signature)) throw notSigned();
  if (Math.abs(nowMs / 1_000 - Number(time)) > TOLERANCE_SECONDS) throw notSigned();
}
