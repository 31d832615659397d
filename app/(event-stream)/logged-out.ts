import { revocations } from "@/lib/session/revocations";
import { sessionOf, tokens, tokensOf } from "@/lib/session/session";

/** Whether the request has no session, but a good token of one that was logged out: it will not come back. */
export async function isLoggedOut(request: Request): Promise<boolean> {
  if (await sessionOf(request)) return false;
  const identities = await Promise.all(tokensOf(request.headers).map(tokens().verify));
  return identities.some((identity) => identity && revocations().has(identity.sessionId));
}
