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

/** The identity of the first token that is valid, not expired and not logged out. */
export async function identify(candidates: readonly string[]): Promise<Identity | null> {
  for (const token of candidates) {
    const identity = await tokens().verify(token);
    if (identity && !revocations().has(identity.sessionId)) return identity;
  }
  return null;
}

/** Tokens of cookies that are looked at: each costs a signature, and a head has room for a hundred. */
const MAX_COOKIES = 10;

/**
 * The tokens that a request carries: programs send one as a bearer (RFC 6750), which counts alone;
 * browsers send the cookie. There may be several of its name, left by another path or an older version
 * of the application, in an order that says nothing of which is valid (RFC 6265, 5.4 and 4.2.2).
 */
export function tokensOf(headers: Headers): string[] {
  const bearer = /^Bearer (\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ? [bearer] : cookiesOf(headers.get("cookie") ?? "");
}

/** The session cookies that have the form of a token (RFC 7515, 7.1), in the client's order. */
function cookiesOf(header: string): string[] {
  const name = cookieName();
  const values = header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    return pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
  return values.filter((value) => /^[^.]+\.[^.]+\.[^.]+$/.test(value)).slice(0, MAX_COOKIES);
}

/** Who asks, or null. */
export const sessionOf = (request: Request) => identify(tokensOf(request.headers));

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
