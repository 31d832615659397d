import { HttpError } from "@/lib/http";
import { bodyOf } from "@/lib/request-body";

export interface CallLimits {
  /** Bytes of one call. A larger one is answered with 413. */
  callBytes: number;
  /** Bytes that the calls of this instance may hold together while they are read. */
  totalBytes: number;
}

/** The body of a call, as far as it has come. */
interface Reading {
  buffer: Buffer;
  length: number;
  giveUp: (reason: HttpError) => void;
}

const FIRST_BYTES = 16 * 1024;

/**
 * Reads the bodies of calls that may be anybody's until their signature is checked, in bounded memory.
 * Where all of them together hold too much, the one that has been read the longest is given up, with 503:
 * Inngest's own calls come in one go, and whoever sends slowly to keep others out loses first.
 */
export function createCallReader({ callBytes, totalBytes }: CallLimits) {
  /** In the order in which they began. */
  const open = new Set<Reading>();
  let held = 0;

  function release(reading: Reading): void {
    if (!open.delete(reading)) return;
    held -= reading.buffer.byteLength;
    reading.buffer = Buffer.alloc(0);
  }

  function append(reading: Reading, piece: Uint8Array): void {
    const length = reading.length + piece.byteLength;
    if (length > callBytes) throw tooLarge(callBytes);
    if (length > reading.buffer.byteLength) {
      const size = Math.min(Math.max(FIRST_BYTES, length * 2), callBytes);
      const larger = Buffer.alloc(size);
      reading.buffer.copy(larger, 0, 0, reading.length);
      held += size - reading.buffer.byteLength;
      reading.buffer = larger;
    }
    reading.buffer.set(piece, reading.length);
    reading.length = length;
    for (const oldest of open) {
      if (held <= totalBytes) break;
      release(oldest);
      oldest.giveUp(busy());
    }
  }

  async function collect(request: Request, reading: Reading): Promise<string> {
    for await (const gulp of bodyOf(request))
      for (const piece of gulp) if (open.has(reading)) append(reading, piece);
    return new TextDecoder("utf-8", { fatal: true }).decode(
      reading.buffer.subarray(0, reading.length),
    );
  }

  return {
    /** Bytes that are held now. */
    held: () => held,
    /**
     * The body of a call.
     * @throws HttpError 413; 400 (no UTF-8, or broken off); 503 (given up for others)
     */
    async read(request: Request): Promise<string> {
      if (Number(request.headers.get("content-length") ?? 0) > callBytes) throw tooLarge(callBytes);
      const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
      const reading: Reading = { buffer: Buffer.alloc(0), length: 0, giveUp };
      open.add(reading);
      try {
        return await Promise.race([collect(request, reading), given]);
      } catch (error) {
        if (error instanceof HttpError) throw error;
        throw new HttpError(400, "invalid-body", "The body is not UTF-8, or broke off.");
      } finally {
        release(reading);
      }
    },
  };
}

const tooLarge = (bytes: number) =>
  new HttpError(413, "too-large", `A call has at most ${bytes} bytes.`);

const busy = () =>
  new HttpError(503, "busy", "This instance is reading all the calls it can. Try again shortly.", {
    headers: { "retry-after": "1" },
  });
