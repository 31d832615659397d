import { env } from "./env";
import { HttpError } from "./http";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether pages of this origin may call us. Programs send none, and are not what this is about. */
export const isAllowedOrigin = (origin: string | null | undefined): boolean =>
  origin == null || env().ALLOWED_ORIGINS.includes(origin);

/**
 * Whether visitors come by https: told by the configuration, never by a header that anyone may send.
 * See docs/decisions/0014-https-by-configuration.md.
 */
export const isHttps = (): boolean =>
  env().ALLOWED_ORIGINS.every((origin) => origin.startsWith("https://"));

/**
 * Whether a page sends this that is none of ours. A page of a sibling host or port (`same-site`) is
 * one of ours where its origin is; browsers send that with all that can change something.
 */
export function isForeign(origin: string | null | undefined, site: string | null | undefined) {
  if (site === "cross-site" || (site === "same-site" && origin == null)) return true;
  return !isAllowedOrigin(origin);
}

/**
 * Refuses what a foreign page sends in a visitor's name. The cookie is SameSite=Lax already; this
 * holds also where another application lives on a sibling host or port of the same site.
 * @throws HttpError 403
 */
export function assertSameSite({ method, headers }: Request): void {
  if (safe.has(method)) return;
  if (!isForeign(headers.get("origin"), headers.get("sec-fetch-site"))) return;
  throw new HttpError(403, "foreign-origin", "Pages of this origin may not do this here.");
}
