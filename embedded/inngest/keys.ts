import { createHash } from "node:crypto";

/** The event key and the signing key that follow from the key of the service: both look as Inngest's do. */
export function keysOf(key: string): { eventKey: string; signingKey: string } {
  const derived = (use: string) => createHash("sha256").update(`${use} ${key}`).digest("hex");
  return { eventKey: derived("event"), signingKey: `signkey-embedded-${derived("sign")}` };
}
