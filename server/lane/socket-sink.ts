import type { ServerResponse } from "node:http";
import type { ReaderEvents, Sink } from "@/lib/pushed-body";

const CRLF = Buffer.from("\r\n");

/** The last bytes and their chunk: all readers of a batch are given the same bytes, one by one. */
let last: { bytes: Uint8Array; chunk: Buffer } | undefined;

/** Bytes as one chunk of a chunked body (RFC 9112, 7.1), made once for all who are sent them. */
function chunkOf(bytes: Uint8Array): Buffer {
  if (last?.bytes !== bytes) {
    const size = Buffer.from(`${bytes.byteLength.toString(16)}\r\n`);
    last = { bytes, chunk: Buffer.concat([size, bytes, CRLF]) };
  }
  return last.chunk;
}

/**
 * Writes a pushed body to the connection itself: one write for each reader and batch. A
 * ServerResponse would frame the same bytes anew for each reader, in three writes.
 */
export function socketSink(response: ServerResponse, { onTaken, onLeave }: ReaderEvents): Sink {
  const { socket } = response;
  // Behind an answer that is still under way (pipelining, RFC 9112, 9.3.2), it waits in the response.
  const direct =
    socket && response.chunkedEncoding && response.writableLength === socket.writableLength;
  socket?.on("drain", onTaken);
  response.on("drain", onTaken).once("close", () => {
    socket?.off("drain", onTaken);
    onLeave();
  });
  if (response.destroyed) queueMicrotask(onLeave);
  return {
    write(bytes) {
      if (response.destroyed || bytes.byteLength === 0) return;
      if (direct) socket.write(chunkOf(bytes));
      else response.write(bytes);
    },
    unread: () => response.writableLength,
    end: () => void response.end(),
    destroy: () => void response.destroy(),
  };
}
