import { randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";

const AUDIENCE = "patternbook";
const ALGORITHM = "HS256";
/** An instance whose clock is behind must not refuse what another one issued just now. */
const CLOCK_SKEW_SECONDS = 30;

/** Verified tokens remembered, some 500 bytes each. A signature costs more than all else of a small GET. */
const MAX_VERIFIED = 10_000;

/** Who somebody is. It comes from a verified token, never from a path, a query or a payload. */
export interface Identity {
  userId: string;
  name: string;
  sessionId: string;
  /** Seconds since the epoch. */
  issuedAt: number;
  expiresAt: number;
}

const claims = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  name: z.string(),
  iat: z.number(),
  exp: z.number(),
});

export interface TokenOptions {
  secret: string;
  ttlSeconds: number;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/** Issues and verifies the session token: a JWT, HMAC-signed, with audience and expiry. */
export function createTokens({ secret, ttlSeconds, now = Date.now }: TokenOptions) {
  const key = new TextEncoder().encode(secret);
  const seconds = () => Math.floor(now() / 1000);
  /** Tokens whose signature was right: it stays so. Their expiry and logout are looked at each time. */
  const verified = new Map<string, Identity>();

  return {
    /** A token for a guest; with `sessionId`, the renewal of a session that goes on. */
    async issue(guest: { userId: string; name: string; sessionId?: string }) {
      const identity: Identity = {
        ...guest,
        sessionId: guest.sessionId ?? randomUUID(),
        issuedAt: seconds(),
        expiresAt: seconds() + ttlSeconds,
      };
      const token = await new SignJWT({ sid: identity.sessionId, name: identity.name })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(identity.userId)
        .setAudience(AUDIENCE)
        .setIssuedAt(identity.issuedAt)
        .setNotBefore(identity.issuedAt - CLOCK_SKEW_SECONDS)
        .setExpirationTime(identity.expiresAt)
        .sign(key);
      return { token, identity };
    },

    /** Null for whatever is wrong with it: who probes learns nothing from the difference. */
    async verify(token: string): Promise<Identity | null> {
      const known = verified.get(token);
      if (known && known.expiresAt > seconds()) return known;
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          audience: AUDIENCE,
          currentDate: new Date(now()),
          requiredClaims: ["exp", "iat", "nbf", "sub"],
        });
        const { sub, sid, name, iat, exp } = claims.parse(payload);
        const identity = { userId: sub, name, sessionId: sid, issuedAt: iat, expiresAt: exp };
        if (verified.size >= MAX_VERIFIED) verified.clear();
        verified.set(token, identity);
        return identity;
      } catch {
        return null;
      }
    },

    /** Half of its life is over: time to renew. */
    isAging: ({ issuedAt, expiresAt }: Identity) => seconds() * 2 > issuedAt + expiresAt,
  };
}
