import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { headReader, rawSocket } from "./raw-socket.ts";

// As much of RFC 6455 as the generator needs: it reads servers' frames, which are not masked, where
// they lie. `ws` would take 10 µs for each, more than some of the servers.

const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

export interface WebSocketClient {
  /** For whoever stops reading, or wants to know when it closes. */
  socket: Socket;
  send(text: string): void;
  destroy(): void;
}

/** @param onText is given each text while it lasts: the bytes are reused */
export function openWebSocket(
  base: string,
  path: string,
  onText: (text: Buffer) => void,
): Promise<WebSocketClient> {
  return new Promise((resolve, reject) => {
    const head = headReader(101);
    let open = false;
    let rest: Buffer | undefined;
    const socket = rawSocket(base, (bytes) => {
      try {
        let given: Buffer | undefined = bytes;
        if (!open) {
          given = head(bytes);
          if (given === undefined) return;
          open = true;
          const destroy = () => socket.destroy();
          resolve({ socket, send: (text) => send(socket, TEXT, text), destroy });
        }
        const all = rest ? Buffer.concat([rest, given]) : given;
        const taken = readFrames(socket, all, onText);
        rest = taken < all.length ? Buffer.from(all.subarray(taken)) : undefined;
      } catch (error) {
        reject(error);
        socket.destroy();
      }
    });
    socket.on("error", reject).on("connect", () => socket.write(upgrade(base, path)));
    socket.on("close", () => reject(new Error("The connection was closed.")));
  });
}

const upgrade = (base: string, path: string) =>
  [
    ...[`GET ${path} HTTP/1.1`, `Host: ${new URL(base).host}`, "Connection: Upgrade"],
    ...["Upgrade: websocket", "Sec-WebSocket-Version: 13"],
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "\r\n",
  ].join("\r\n");

/** @returns where the first frame begins that is not complete */
function readFrames(socket: Socket, bytes: Buffer, onText: (text: Buffer) => void): number {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] as number) & 15;
    let length = bytes[at + 1] as number;
    let begin = at + 2;
    if (length === 126) {
      if (begin + 2 > bytes.length) break;
      length = bytes.readUInt16BE(begin);
      begin += 2;
    } else if (length === 127) {
      if (begin + 8 > bytes.length) break;
      length = Number(bytes.readBigUInt64BE(begin));
      begin += 8;
    }
    if (begin + length > bytes.length) break;
    at = begin + length;
    if (opcode === TEXT) onText(bytes.subarray(begin, at));
    else if (opcode === PING) send(socket, PONG, bytes.toString("latin1", begin, at));
    else if (opcode === CLOSE) throw new Error("The server closed the connection.");
  }
  return at;
}

/** A client's frames are masked; a mask of zeros leaves them as they are. */
function send(socket: Socket, opcode: number, text: string): void {
  const payload = Buffer.from(text);
  if (payload.length > 65_535) throw new Error("longer than the generator ever sends");
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  socket.write(Buffer.concat([head, payload]));
}
