import type { Socket } from "socket.io";

/** The parts of Engine.IO's connection and of `ws` that this reaches: those that Socket.IO's adapter does. */
interface Connection {
  readyState: string;
  /** Packets that wait for the transport. */
  writeBuffer: unknown[];
  transport: {
    perMessageDeflate?: unknown;
    /** A WebSocket's; Engine.IO's polling has none. */
    socket?: { readyState: number; _sender?: { sendFrame?(frame: Buffer[]): void } };
  };
}

const OPEN = 1;
/** RFC 6455, 5.2: the last fragment of a text, which is the only one. */
const TEXT = 0x81;

/**
 * Sends one event to many sockets: encoded once, framed once, and written to each connection at once.
 * On the way through Socket.IO's adapter and Engine.IO each of them costs twice as much.
 *
 * @param namespace the sockets' own; it has a name
 * @param onSent called for each socket
 */
export function fanOut(
  sockets: Iterable<Socket>,
  namespace: string,
  [event, payload]: [event: string, payload: object],
  onSent: (socket: Socket) => void,
): void {
  // A packet of Socket.IO (2, an event), to go in one of Engine.IO (4, a message).
  const packet = `2${namespace},${JSON.stringify([event, payload])}`;
  const frame = [textFrame(`4${packet}`)];
  for (const socket of sockets) {
    const conn = socket.conn as unknown as Connection;
    if (takesFrames(conn)) conn.transport.socket?._sender?.sendFrame?.(frame);
    else socket.conn.write(packet);
    onSent(socket);
  }
}

/** An open WebSocket. Behind packets that wait, it waits as well: order is kept. */
function takesFrames({ readyState, writeBuffer, transport }: Connection): boolean {
  const { socket, perMessageDeflate } = transport;
  return (
    readyState === "open" &&
    writeBuffer.length === 0 &&
    socket?.readyState === OPEN &&
    !perMessageDeflate &&
    socket._sender?.sendFrame !== undefined
  );
}

/** A text as one frame from a server, which is not masked: RFC 6455, 5.2. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}
