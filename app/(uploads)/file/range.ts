/** Part of a representation: both ends included, as in HTTP. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The one range that a Range header asks for (RFC 9110, 14.2). Several ranges, other units and what
 * is malformed are ignored, as the RFC allows: the whole is the answer.
 * @returns undefined for the whole, "unsatisfiable" for 416
 */
export function parseRange(
  header: string | null,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length > 0 ? { first: size - length, last: size - 1 } : "unsatisfiable";
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return undefined;
  return first < size ? { first, last } : "unsatisfiable";
}

/** If-Range (13.1.5): strong comparison; a date never matches, since we give out none. */
export const rangeStillHolds = (ifRange: string | null, etag: string): boolean =>
  ifRange === null || ifRange.trim() === etag;
