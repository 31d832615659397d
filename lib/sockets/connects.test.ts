import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket as ServerSocket } from "socket.io";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { boundConnects, endUnused } from "./connects";

const GRACE_MS = 200;
const http = createServer();
const io = new Server(http, { serveClient: false, connectTimeout: GRACE_MS });
const clients: { disconnect(): unknown }[] = [];

beforeAll(async () => {
  io.engine.on("connection", (conn: ServerSocket["conn"]) => boundConnects(conn));
  for (const namespace of ["/rooms", "/games"])
    io.of(namespace).on("connection", (socket) => endUnused(socket, GRACE_MS));
  await once(http.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => io.close());

const address = () => `127.0.0.1:${(http.address() as AddressInfo).port}`;

/** A connection of Engine.IO that says what it likes. */
async function bare() {
  const socket = new WebSocket(`ws://${address()}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  socket.on("message", (data) => {
    if (String(data) === "2") socket.send("3");
    else heard.push(String(data));
  });
  await once(socket, "open");
  const closed = once(socket, "close").then(() => true);
  clients.push({ disconnect: () => socket.terminate() });
  return { socket, heard, closed };
}
const pause = (ms: number) => new Promise<false>((resolve) => setTimeout(resolve, ms, false));

describe("a connection", () => {
  it("that leaves its only namespace ends, after a while", async () => {
    const { socket, heard, closed } = await bare();
    socket.send("40/rooms,");
    await expect.poll(() => heard.some((packet) => packet.startsWith("40/rooms,"))).toBe(true);
    expect(await Promise.race([closed, pause(GRACE_MS * 2)])).toBe(false);
    socket.send("41/rooms,");
    expect(await Promise.race([closed, pause(GRACE_MS * 5)])).toBe(true);
  });

  it("that joins another in time goes on", async () => {
    const { socket, heard, closed } = await bare();
    socket.send("40/rooms,");
    await expect.poll(() => heard.some((packet) => packet.startsWith("40/rooms,"))).toBe(true);
    socket.send("41/rooms,");
    socket.send("40/games,");
    expect(await Promise.race([closed, pause(GRACE_MS * 3)])).toBe(false);
  });

  it.each(["40/nothing,", "40/rooms,", '40/rooms,{"token":"x"}'])(
    "that asks with %s for ever ends",
    async (packet) => {
      const { socket, heard, closed } = await bare();
      socket.send("40/games,");
      for (let n = 0; n < 60; n++) socket.send(packet);
      expect(await Promise.race([closed, pause(3_000)])).toBe(true);
      expect(heard.length).toBeLessThan(30);
    },
  );
});
