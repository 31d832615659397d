import { env } from "./env";
import { HttpError } from "./http";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether pages of this origin may call us. Programs send none, and are not what this is about. */
export const isAllowedOrigin = (origin: string | null | undefined): boolean =>
  origin == null || env().ALLOWED_ORIGINS.includes(origin);

/**
 * Refuses what a foreign page sends in a visitor's name. The cookie is SameSite=Lax already; this
 * holds also where another application lives on a sibling host or port of the same site.
 * @throws HttpError 403
 */
export function assertSameSite(request: Request): void {
  if (safe.has(request.method)) return;
  const crossSite = request.headers.get("sec-fetch-site") === "cross-site";
  if (isAllowedOrigin(request.headers.get("origin")) && !crossSite) return;
  throw new HttpError(403, "foreign-origin", "Pages of this origin may not do this here.");
}
