import { createHmac } from "node:crypto";
import { env } from "../env";
import { sessionOf } from "../session/session";

/** Set by the server on every request, over whatever the client has sent: lib/address.ts. */
export const CLIENT_ADDRESS = "x-client-address";

/**
 * Who asks, as counters know them: the session's user, else the address. Nothing of the URL is in it:
 * however a path is spelled, its policy counts once.
 */
export async function callerOf(request: Request): Promise<string> {
  const session = await sessionOf(request);
  return session ? `user:${session.userId}` : addressOf(request);
}

/** The client's address, as counters know it. */
export const addressOf = (request: Request): string =>
  `ip:${request.headers.get(CLIENT_ADDRESS) ?? "unknown"}`;

/**
 * The same for what is stored: a keyed digest, since an address is personal data and all that is asked of it
 * is whether it is the same one.
 */
export const addressDigest = (request: Request): string =>
  createHmac("sha256", env().SESSION_SECRET)
    .update(`address ${addressOf(request)}`)
    .digest("base64url")
    .slice(0, 22);
