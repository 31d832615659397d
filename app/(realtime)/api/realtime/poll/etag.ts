import type { Page } from "../../../contract";

/**
 * The strong ETag of an answer: the position it leads to. The entries between `after` and a position
 * never change, so for one address the position names the bytes (RFC 9110, 8.8.3).
 */
export const etagOf = ({ position, reset }: Page) =>
  reset ? `"reset-${reset.oldest}"` : `"${position}"`;

/** Whether If-None-Match names the ETag: `*`, or a list compared weakly (RFC 9110, 13.1.2). */
export function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const listed = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return listed.some((one) => one.replace(/^W\//, "") === etag);
}
