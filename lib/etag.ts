/** One member of the list: an entity-tag (RFC 9110, 8.8.3), between commas; lists may have empty ones (5.6.1.2). */
const MEMBER = /[\t ]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[\t ]*)?(?:,|$)/y;

/**
 * Whether If-None-Match names the ETag: `*`, or a list compared weakly (RFC 9110, 13.1.2). A value that is
 * neither names nothing, whatever stands in it: the whole answer is always right, a 304 is not.
 */
export function matchesETag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  let matches = false;
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < ifNoneMatch.length) {
    const member = MEMBER.exec(ifNoneMatch);
    if (!member) return false;
    matches ||= member[2] === opaque;
  }
  return matches;
}
