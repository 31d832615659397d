/** More blanks than this after a boundary are not taken for padding. */
const MAX_PADDING_BYTES = 256;
const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20] as const;

/**
 * The body of a form without the blanks that some senders and gateways put between a boundary and the
 * end of its line. RFC 2046, 5.1.1, calls them transport padding and wants them ignored; busboy takes
 * a boundary with them for content.
 */
export async function* withoutTransportPadding(
  pieces: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  // The first boundary may have no line before it. An empty one is as good: what precedes it is ignored.
  let rest: Buffer = Buffer.from("\r\n");
  for await (const piece of pieces) {
    const data = rest.length > 0 ? Buffer.concat([rest, piece]) : asBuffer(piece);
    let from = 0;
    let at = data.indexOf(delimiter);
    while (at !== -1) {
      const afterDelimiter = at + delimiter.length;
      const afterPadding = skipBlanks(data, afterDelimiter);
      // What follows is not here yet: it decides.
      if (afterPadding + 2 > data.length) break;
      const endsLine = data[afterPadding] === CR && data[afterPadding + 1] === LF;
      if (endsLine && afterPadding > afterDelimiter) {
        yield data.subarray(from, afterDelimiter);
        from = afterPadding;
      }
      at = data.indexOf(delimiter, afterPadding);
    }
    const end = at === -1 ? startOfDelimiter(data, delimiter, from) : at;
    if (end > from) yield data.subarray(from, end);
    rest = data.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

function skipBlanks(data: Buffer, start: number): number {
  let at = start;
  const limit = Math.min(data.length, start + MAX_PADDING_BYTES);
  while (at < limit && (data[at] === SPACE || data[at] === TAB)) at++;
  return at;
}

/** Where the end of the data may be the beginning of a delimiter; the length where it cannot. */
function startOfDelimiter(data: Buffer, delimiter: Buffer, from: number): number {
  const tail = Math.max(from, data.length - delimiter.length + 1);
  // Only the first byte of a delimiter is a CR.
  const at = data.subarray(tail).lastIndexOf(CR);
  if (at === -1) return data.length;
  const end = data.subarray(tail + at);
  return delimiter.subarray(0, end.length).equals(end) ? tail + at : data.length;
}
