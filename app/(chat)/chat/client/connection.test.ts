import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { afterEach, expect, it } from "vitest";
import { chatNamespace } from "../../contract";
import { createConnection } from "./connection";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server of the chat that has some transports only, as behind a proxy that lets no WebSocket through. */
async function serve(transports: ("polling" | "websocket")[]) {
  const http = createServer();
  const io = new Server(http, { transports, serveClient: false });
  io.of(chatNamespace).on("connection", (socket) => {
    socket.on("join", (_, ack) => ack({ ok: true, seq: 0, replayed: 0, people: [], count: 0 }));
    socket.emit("hello", { instance: "A", bootId: "b", userId: randomUUID(), name: "Ada" });
  });
  await once(http.listen(0, "127.0.0.1"), "listening");
  ends.push(() => io.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

it.each([
  ["websocket", ["polling", "websocket"] as const],
  ["polling", ["polling"] as const],
])("joins by %s where the server has %j", async (transport, transports) => {
  const url = await serve([...transports]);
  const connection = createConnection({
    url,
    room: "lobby",
    token: "t",
    ensureSession: async () => {},
  });
  ends.push(() => connection.close());
  await connection.open();
  await expect.poll(() => connection.state()).toMatchObject({ status: "joined", transport });
});
