import { env } from "../env";
import { HttpError } from "../http";
import { isHttps } from "../origin";
import { remember } from "../remember";
import { revocations } from "./revocations";
import { createTokens, type Identity } from "./token";

/** Signs and verifies the tokens of this deployment. */
export const tokens = () =>
  remember("tokens", () => {
    const { SESSION_SECRET, SESSION_TTL_SECONDS } = env();
    return createTokens({ secret: SESSION_SECRET, ttlSeconds: SESSION_TTL_SECONDS });
  });

/** Over https the __Host- prefix pins the cookie to this host, path and scheme (RFC 6265bis, 4.1.3.2). */
const cookieName = () => (isHttps() ? "__Host-session" : "session");

/** The token's identity, unless it is invalid, expired or logged out. */
export async function identify(token: string | undefined): Promise<Identity | null> {
  const identity = token ? await tokens().verify(token) : null;
  return identity && !revocations().has(identity.sessionId) ? identity : null;
}

/** The token a request carries: programs send it as a bearer (RFC 6750), browsers as the cookie. */
export function tokenOf(headers: Headers): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ?? cookieOf(headers.get("cookie") ?? "");
}

function cookieOf(header: string): string | undefined {
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (pair.slice(0, equals).trim() === cookieName()) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Who asks, or null. */
export const sessionOf = (request: Request) => identify(tokenOf(request.headers));

/**
 * Who asks.
 * @throws HttpError 401
 */
export async function requireSession(request: Request): Promise<Identity> {
  const identity = await sessionOf(request);
  if (identity) return identity;
  throw new HttpError(401, "unauthorized", "Begin a session first: POST /api/session.", {
    headers: { "www-authenticate": "Bearer" },
  });
}

/** Set-Cookie for a token; without one, the cookie is taken back. */
export function sessionCookie(token: string | null): string {
  const age = token ? env().SESSION_TTL_SECONDS : 0;
  const secure = isHttps() ? "; Secure" : "";
  return `${cookieName()}=${token ?? ""}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}
