import { sessionOf } from "../session/session";

/** Set by the server on every request, over whatever the client has sent: lib/address.ts. */
export const CLIENT_ADDRESS = "x-client-address";

/**
 * Who asks, as counters know them: the session's user, else the address. Nothing of the URL is in it:
 * however a path is spelled, its policy counts once.
 */
export async function callerOf(request: Request): Promise<string> {
  const session = await sessionOf(request);
  return session
    ? `user:${session.userId}`
    : `ip:${request.headers.get(CLIENT_ADDRESS) ?? "unknown"}`;
}
