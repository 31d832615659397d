import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends bytes as they are over one connection, and answers what comes back until the server ends it. */
export async function wire(server: Server, bytes: string): Promise<string> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

/** The status, the head and the body of each answer of a connection. */
export function answersIn(heard: string): { status: number; head: string; body: string }[] {
  const parts = heard.split(/HTTP\/1\.1 (?=\d{3} )/).slice(1);
  return parts.map((part) => {
    const [head = "", body = ""] = part.split(/\r\n\r\n(.*)/s);
    const chunked = /transfer-encoding: chunked/i.test(head);
    const whole = chunked ? body.replace(/(?:^|\r\n)[\da-f]+\r\n/g, "").trimEnd() : body;
    return { status: Number(part.slice(0, 3)), head: head.toLowerCase(), body: whole };
  });
}
