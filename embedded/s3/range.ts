import { S3Error } from "./errors.ts";

/** From `start` up to, not including, `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * One range of bytes (RFC 9110, section 14.1.2). Several, and what is malformed, count as none: the answer is whole.
 * @throws S3Error InvalidRange, with the size in Content-Range
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (header === undefined || (!first && !last)) return undefined;
  if (first && last && Number(last) < Number(first)) return undefined;
  const range = first
    ? { start: Number(first), end: last ? Math.min(Number(last) + 1, size) : size }
    : { start: Math.max(size - Number(last), 0), end: size };
  if (range.start < range.end) return range;
  throw new S3Error(
    "InvalidRange",
    "The requested range is not satisfiable",
    { RangeRequested: header, ActualObjectSize: size },
    { "Content-Range": `bytes */${size}` },
  );
}
