import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import { io } from "socket.io-client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { HttpError } from "../http";
import { socketLimits } from "./limits";
import { handler, listen } from "./on";
import { countRefusals } from "./refusals";

let http: HttpServer;
let server: Server;
beforeEach(async () => {
  http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  server = new Server(http);
  server.on("connection", (socket) =>
    listen(socket, {
      fine: handler(z.strictObject({}), () => ({})),
      fails: handler(z.strictObject({}), () => {
        throw new HttpError(503, "unavailable", "The database is away.");
      }),
    }),
  );
});
afterEach(() => server.close());

function connect() {
  const { port } = http.address() as AddressInfo;
  return io(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnection: false });
}

it("a client that goes on with what is refused is told why, and disconnected", async () => {
  const socket = connect();
  const farewell = once(socket as unknown as NodeJS.EventEmitter, "bye");
  const ended = once(socket as unknown as NodeJS.EventEmitter, "disconnect");
  for (let i = 0; i < socketLimits.refusalsPerMinute; i++) socket.emit("fine", { wrong: i });
  expect(await farewell).toEqual([{ reason: "too many refusals" }]);
  expect((await ended)[0]).toBe("transport close");
});

it("one refusal fewer, any number of taken events, and failures of the server end nothing", async () => {
  const socket = connect();
  for (let i = 1; i < socketLimits.refusalsPerMinute; i++) socket.emit("fine", { wrong: i });
  for (let i = 0; i < socketLimits.refusalsPerMinute; i++) socket.emit("fails", {});
  for (let i = 0; i < socketLimits.refusalsPerMinute; i++) socket.emit("fine", {});
  expect(await socket.emitWithAck("fine", {})).toEqual({ ok: true });
  expect(socket.connected).toBe(true);
  socket.close();
});

it("a minute later the count begins anew", () => {
  let now = 0;
  const socket = { emit: vi.fn(), conn: { close: vi.fn(), once: vi.fn() } };
  const refused = countRefusals(socket as unknown as Socket, () => now);
  const refuse = (times: number) => Array.from({ length: times }, refused);
  refuse(socketLimits.refusalsPerMinute - 1);
  now = 60_000;
  refuse(socketLimits.refusalsPerMinute - 1);
  expect(socket.emit).not.toHaveBeenCalled();
  now = 119_999;
  refuse(1);
  expect(socket.emit).toHaveBeenCalledExactlyOnceWith("bye", { reason: "too many refusals" });
});
