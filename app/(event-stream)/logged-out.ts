import { revocations } from "@/lib/session/revocations";
import { tokenOf, tokens } from "@/lib/session/session";

/** Whether the request carries a good token of a session that was logged out: it will not come back. */
export async function isLoggedOut(request: Request): Promise<boolean> {
  const token = tokenOf(request.headers);
  const identity = token ? await tokens().verify(token) : null;
  return identity !== null && revocations().has(identity.sessionId);
}
