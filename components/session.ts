import { type SessionResponse, sessionResponse } from "@/app/api/session/contract";
import { api } from "@/lib/api";

/** Renewal is asked for at least this often while a page is open. */
const RENEW_MS = 3_600_000;

async function post(body: { name?: string }): Promise<SessionResponse> {
  const { data, error } = await api.POST("/api/session", { body });
  if (error) throw new Error(error.detail);
  return sessionResponse.parse(data);
}

/** The guest's session: the one that is there, or a new one. */
export const beginSession = () => post({});

/** Gives the guest another name; the connection learns of it when it is made anew. */
export const rename = (name: string) => post({ name });

/** Ends the session everywhere. */
export const logOut = () => api.DELETE("/api/session");

/**
 * Keeps the session alive while the page is open. The cookie is renewed before half of what is left
 * has passed; a socket that ends with the old token reconnects with the new one.
 * @returns stops it
 */
export function keepSession(expiresAt: string): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const plan = (until: string) => {
    const left = Date.parse(until) - Date.now();
    timer = setTimeout(() => renew(until), Math.min(Math.max(left * 0.6, 500), RENEW_MS));
  };
  const renew = (until: string) =>
    beginSession().then(
      (session) => plan(session.expiresAt),
      () => plan(until),
    );
  plan(expiresAt);
  return () => clearTimeout(timer);
}
