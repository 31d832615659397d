import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { pool } from "../db/pool";
import { adapterPool } from "./adapter-pool";
import { socketLimits } from "./limits";
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
});

it("ends a connection that asks for namespaces for ever", async () => {
  const http = createServer();
  const io = createSocketServer(http);
  await once(http.listen(0, "127.0.0.1"), "listening");
  const { port } = http.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  await once(client, "message");
  const ended = once(client, "close");
  const begun = performance.now();
  for (let n = 0; n <= socketLimits.namespaceAttempts; n++) client.send("40/nothing,");
  await ended;
  expect(performance.now() - begun).toBeLessThan(socketLimits.connectTimeoutMs / 2);
  await io.close();
});

afterAll(() => Promise.all([adapterPool().end(), pool().end()]));
