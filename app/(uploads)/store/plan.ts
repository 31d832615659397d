/** S3 wants parts of 5 MiB at least, but for the last, and takes 10,000. */
const MIN_PART_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;
const STEP = 1024 * 1024;

/** One part: its number from 1, and the bytes of the file that are in it. */
export interface PlannedPart {
  number: number;
  offset: number;
  bytes: number;
}

/** Bytes of each part but the last, for a file of this size: a whole number of MiB. */
export const partSizeFor = (size: number): number =>
  Math.max(MIN_PART_BYTES, Math.ceil(size / MAX_PARTS / STEP) * STEP);

/** An empty file is one empty part: S3 completes no upload without parts. */
export const partCount = (size: number, partSize: number): number =>
  Math.max(1, Math.ceil(size / partSize));

/** A part of the plan; undefined where the file has no such part. */
export function plannedPart(
  size: number,
  partSize: number,
  number: number,
): PlannedPart | undefined {
  const offset = (number - 1) * partSize;
  if (!(number >= 1) || number > partCount(size, partSize)) return undefined;
  return { number, offset, bytes: Math.min(partSize, size - offset) };
}

/** What is left to send: the parts that the store does not have whole. */
export function missingParts(
  size: number,
  partSize: number,
  stored: readonly { number: number; bytes: number }[],
): PlannedPart[] {
  const bytesOf = new Map(stored.map(({ number, bytes }) => [number, bytes]));
  const missing: PlannedPart[] = [];
  for (let number = 1; number <= partCount(size, partSize); number++) {
    const part = plannedPart(size, partSize, number);
    if (part && bytesOf.get(number) !== part.bytes) missing.push(part);
  }
  return missing;
}
