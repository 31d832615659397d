import { type SessionResponse, sessionResponse } from "@/app/api/session/contract";

/** Renewal is asked for at least this often while a page is open. */
const RENEW_MS = 3_600_000;

async function post(body: object): Promise<SessionResponse> {
  const response = await fetch("/api/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.json()).detail);
  return sessionResponse.parse(await response.json());
}

/** The guest's session: the one that is there, or a new one. */
export const beginSession = () => post({});

/** Gives the guest another name; the connection learns of it when it is made anew. */
export const rename = (name: string) => post({ name });

/** Ends the session everywhere. */
export const logOut = () => fetch("/api/session", { method: "DELETE" });

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
