import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { pool } from "../db/pool";
import { adapterPool } from "./adapter-pool";
import { closeSockets, createSocketServer } from "./server";

it("ends connections that have entered no namespace, too: a shutdown waits for all of them", async () => {
  const http = createServer();
  const io = createSocketServer(http);
  await once(http.listen(0, "127.0.0.1"), "listening");
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  // The handshake of Engine.IO; the packet that asks for a namespace is never sent.
  await once(client, "message");
  const ended = once(client, "close");

  const closed = once(http, "close");
  http.close();
  const begun = performance.now();
  closeSockets(io);
  await ended;
  await closed;
  expect(performance.now() - begun).toBeLessThan(1_000);
  await io.close();
  await Promise.all([adapterPool().end(), pool().end()]);
});
