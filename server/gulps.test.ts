import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gulps, readInGulps } from "./gulps";

const server = createServer();
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

/** A request that is sent, and the message of it as the server has it. */
async function exchange(length: number) {
  const { port } = server.address() as AddressInfo;
  const came = once(server, "request");
  const out = request({ port, method: "PUT", headers: { "content-length": length } });
  out.on("error", () => {});
  out.flushHeaders();
  const [incoming, response] = await came;
  readInGulps(incoming as IncomingMessage);
  return { out, incoming: incoming as IncomingMessage, response };
}

test("a slow reader gets all of it, in order, in gulps of bounded size", async () => {
  const size = 20 * 1024 * 1024;
  const { out, incoming, response } = await exchange(size);
  const sent = Buffer.alloc(size);
  for (let n = 0; n < size; n += 4) sent.writeUInt32BE(n, n);
  out.end(sent);
  const read: Buffer[] = [];
  for await (const gulp of incoming) {
    read.push(gulp);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(Buffer.concat(read).equals(sent)).toBe(true);
  // A chunk of a socket is let through beyond the bound.
  expect(Math.max(...read.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024 + 65_536);
  expect(read.length).toBeLessThan(size / 65_536);
  expect(incoming.listenerCount("data")).toBe(0);
  response.end();
});

test("a chunk for each byte is held in bounded number: each costs more than its byte", async () => {
  const { port } = server.address() as AddressInfo;
  const came = once(server, "request");
  const socket = connect(port, "127.0.0.1");
  const bytes = 300_000;
  socket.write("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  socket.write(`${"1\r\na\r\n".repeat(bytes)}0\r\n\r\n`);
  const [incoming, response] = await came;
  const lengths: number[] = [];
  for await (const gulp of gulps(incoming as IncomingMessage)) {
    lengths.push(gulp.length);
    await new Promise((resolve) => setTimeout(resolve, lengths.length < 4 ? 200 : 1));
  }
  expect(lengths.reduce((sum, length) => sum + length)).toBe(bytes);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(4_096);
  response.end();
  socket.destroy();
});

test("a body that breaks off is an error, not an end", async () => {
  const { out, incoming } = await exchange(1_000);
  out.write("half");
  const read = async () => {
    for await (const gulp of incoming) if (gulp.length > 0) out.destroy();
  };
  await expect(read()).rejects.toThrow();
});

test.each([
  ["half of it has come", 1_000],
  ["all of it has come", 4],
])("a request that is gone before it is read is an error: %s", async (_, length) => {
  const { out, incoming } = await exchange(length);
  const gone = once(incoming, "close");
  out.write("half");
  while (length === 4 && !incoming.complete) await new Promise(setImmediate);
  out.destroy();
  // Node destroys it so where a client leaves; nobody may be listening yet.
  incoming.destroy();
  await gone;
  const read = async () => {
    for await (const gulp of incoming) expect(gulp.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow(/broke off/);
});

test("an empty body ends at once", async () => {
  const { out, incoming, response } = await exchange(0);
  out.end();
  const read = [];
  for await (const gulp of incoming) read.push(gulp);
  expect(read).toEqual([]);
  response.end();
});
