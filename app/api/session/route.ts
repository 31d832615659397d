import { readJson } from "@/lib/body";
import { env } from "@/lib/env";
import { json, noContent, route } from "@/lib/http";
import { addressOf } from "@/lib/rate-limit/caller";
import { count } from "@/lib/rate-limit/guard";
import { revocations } from "@/lib/session/revocations";
import { requireSession, sessionCookie, sessionOf, tokens } from "@/lib/session/session";
import type { Identity } from "@/lib/session/token";
import { type SessionResponse, sessionRequest } from "./contract";
import { createGuest, renameGuest } from "./guest";
import { newGuests } from "./policy";

// The guest session.
//   POST    a name, or none → 201 and a cookie: a new guest; 200: the one that is there, renamed
//           or renewed where that was due. `bearer: true` → 201 and a token for programs.
//   GET     → 200, who you are; renewed once half of the session's life is over
//   DELETE  → 204: logged out, on every instance, with the sockets of this session
// Fails with 400, 401, 403 (foreign origin), 413, 415, 429 (60 new guests an hour from one address; who
// has a session is never refused).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { name, bearer } = await readJson(request, sessionRequest);
    const current = bearer ? null : await sessionOf(request);
    if (!current) {
      const { GUESTS_PER_ADDRESS, UPSTASH_REDIS_REST_URL } = env();
      const policy = newGuests(GUESTS_PER_ADDRESS, UPSTASH_REDIS_REST_URL !== undefined);
      await count(policy, addressOf(request));
      const { token, identity } = await tokens().issue(await createGuest(name));
      if (bearer) return json({ ...toBody(identity), token }, { status: 201 });
      return json(toBody(identity), {
        status: 201,
        headers: { "set-cookie": sessionCookie(token) },
      });
    }
    if (name === undefined || name === current.name) return answer(current);
    await renameGuest(current.userId, name);
    return renew({ ...current, name });
  },

  async GET(request) {
    return answer(await requireSession(request));
  },

  async DELETE(request) {
    const { sessionId } = await requireSession(request);
    await revocations().revoke(sessionId);
    return noContent({ "set-cookie": sessionCookie(null) });
  },
});

const toBody = ({ userId, name, expiresAt }: Identity): SessionResponse => ({
  userId,
  name,
  expiresAt: new Date(expiresAt * 1000).toISOString(),
});

const answer = (identity: Identity) =>
  tokens().isAging(identity) ? renew(identity) : json(toBody(identity));

async function renew(guest: Identity): Promise<Response> {
  const { token, identity } = await tokens().issue(guest);
  return json(toBody(identity), { headers: { "set-cookie": sessionCookie(token) } });
}
