import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** One answer, as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/** What came back on a connection, and whether the server has ended it. */
export interface Conversation {
  answers: RawAnswer[];
  closed: boolean;
}

/** Sends bytes as they are, which no client would, and hears the server out: until it ends, or `waitMs`. */
export async function speak(
  base: string,
  bytes: string | Buffer,
  waitMs = 10_000,
): Promise<Conversation> {
  const { port } = new URL(base);
  const socket = connect(Number(port), "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (data) => {
    text += data;
  });
  // A reset is an end as well.
  socket.on("error", () => {});
  const closed = new Promise<boolean>((resolve) => socket.once("close", () => resolve(true)));
  await once(socket, "connect");
  socket.write(bytes);
  const outcome = await Promise.race([closed, delay(waitMs, false, { ref: false })]);
  socket.destroy();
  return { answers: answersIn(text), closed: outcome };
}

function answersIn(text: string): RawAnswer[] {
  const parts = text.split(/HTTP\/1\.1 (?=\d{3} )/).slice(1);
  return parts.map((part) => {
    const [head = "", body = ""] = part.split(/\r\n\r\n(.*)/s);
    const [, ...lines] = head.split("\r\n");
    const fields = lines.map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]);
    return { status: Number(part.slice(0, 3)), headers: new Headers(fields), body };
  });
}

/** The head of a WebSocket's handshake (RFC 6455, 4.1). */
export const upgradeTo = (path: string, fields = "") =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${fields}\r\n`;
