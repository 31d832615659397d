import type { Socket } from "socket.io";

/** What a socket has been sent and has not taken yet. */
export interface Outgoing {
  /** Bytes that wait, for the transport or for the network. */
  pending(): number;
  /** Resolves once no more than that waits, or the socket is gone. */
  below(bytes: number): Promise<void>;
}

/** The part of Engine.IO's socket that this reads. */
interface Connection {
  transport: { socket?: { bufferedAmount?: number } };
  on(event: "packetCreate", listener: (packet: { data?: unknown }) => void): void;
  on(event: "flush", listener: () => void): void;
}

const LOOK_MS = 20;
const counters = new WeakMap<Socket, Outgoing>();

/**
 * The outgoing bytes of a socket. Socket.IO sets no bound to them: one client that stops reading
 * holds whatever it is sent until the ping times out.
 */
export function outgoingOf(socket: Socket): Outgoing {
  const known = counters.get(socket) ?? count(socket);
  counters.set(socket, known);
  return known;
}

function count(socket: Socket): Outgoing {
  const conn = socket.conn as unknown as Connection;
  let waiting = 0;
  conn.on("packetCreate", ({ data }) => {
    waiting += sizeOf(data);
  });
  // A flush hands all that waits to the transport.
  conn.on("flush", () => {
    waiting = 0;
  });
  const pending = () => waiting + (conn.transport.socket?.bufferedAmount ?? 0);
  return {
    pending,
    async below(bytes) {
      while (socket.connected && pending() > bytes)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
  };
}

/** Text counts by its UTF-16 units: too little beyond ASCII, by a factor of three at most. */
const sizeOf = (data: unknown) =>
  typeof data === "string" ? data.length : ((data as { byteLength?: number })?.byteLength ?? 0);
