import { connect, type Socket } from "node:net";

// The generator must not be the slow one: bytes are looked at where the system has put them, in one
// buffer for all sockets, and nothing is decoded that need not be.

const shared = Buffer.allocUnsafe(256 * 1024);

/** A connection whose bytes are handed over as they come. They are gone when `onBytes` returns. */
export function rawSocket(base: string, onBytes: (bytes: Buffer) => void): Socket {
  const { hostname, port } = new URL(base);
  const callback = (length: number, buffer: Uint8Array) => {
    onBytes((buffer as Buffer).subarray(0, length));
    return true;
  };
  const socket = connect({
    ...{ host: hostname, port: Number(port), noDelay: true },
    onread: { buffer: shared, callback },
  });
  return socket;
}

/**
 * The head of an answer, as it comes.
 * @returns takes bytes; answers those behind the head, or undefined while it is not complete
 */
export function headReader(expected: number): (bytes: Buffer) => Buffer | undefined {
  let text = "";
  return (bytes) => {
    text += bytes.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    if (!text.startsWith(`HTTP/1.1 ${expected} `))
      throw new Error(`Answered ${text.slice(0, 400)}`);
    return Buffer.from(text.slice(end + 4), "latin1");
  };
}

/** A JSON object ends with its last brace; in chunks, with the empty one. */
export const isWholeJson = (answer: string): boolean =>
  answer.endsWith("}") || answer.endsWith("}\r\n0\r\n\r\n");

/** Opens so many, a hundred at a time: the backlog of a server has its bounds. */
export async function openAll<T>(count: number, open: (n: number) => Promise<T>): Promise<T[]> {
  const opened: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const n = next++;
      opened[n] = await open(n);
    }
  };
  await Promise.all(Array.from({ length: 100 }, worker));
  return opened;
}
