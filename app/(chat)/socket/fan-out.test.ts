import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket as ServerSocket } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fanOut, textFrame } from "./fan-out";

const http = createServer();
const clients: Socket[] = [];
let io: Server;

beforeAll(async () => {
  io = new Server(http, { serveClient: false });
  await once(http.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => io.close());

/** A client, and its socket here; it keeps what it is told. */
async function arrive(transports: ("websocket" | "polling")[]) {
  const { port } = http.address() as AddressInfo;
  const here = once(io.of("/some"), "connection") as Promise<[ServerSocket]>;
  const client = connect(`http://127.0.0.1:${port}/some`, { transports, forceNew: true });
  clients.push(client);
  const told: unknown[] = [];
  client.on("told", (payload) => told.push(payload));
  const [socket] = await here;
  if (!client.connected) await once(client as never, "connect");
  return { socket, told };
}

const tell = (sockets: ServerSocket[], payload: object, onSent = (_socket: ServerSocket) => {}) =>
  fanOut(sockets, "/some", ["told", payload], onSent);

describe("fanOut", () => {
  it("tells each socket once, over whatever it has come, and encodes once", async () => {
    const all = [
      await arrive(["websocket"]),
      await arrive(["polling"]),
      await arrive(["websocket"]),
    ];
    let encoded = 0;
    const sent: ServerSocket[] = [];
    const payload = { toJSON: () => ({ n: ++encoded }) };
    tell(
      all.map(({ socket }) => socket),
      payload,
      (socket) => sent.push(socket),
    );
    for (const { told } of all) await expect.poll(() => told).toEqual([{ n: 1 }]);
    expect(sent).toEqual(all.map(({ socket }) => socket));
    expect(encoded).toBe(1);
  });

  it.each(["websocket", "polling"] as const)("keeps the order of a %s", async (transport) => {
    const { socket, told } = await arrive([transport]);
    const expected = Array.from({ length: 30 }, (_, n) => ({ n }));
    // As acks and messages come: some of these wait in Engine.IO when the next is sent.
    for (const payload of expected)
      if (payload.n % 3 === 0) tell([socket], payload);
      else socket.emit("told", payload);
    await expect.poll(() => told).toEqual(expected);
  });

  it("frames texts of any length", async () => {
    const { socket, told } = await arrive(["websocket"]);
    const texts = [0, 60, 100, 125, 126, 65_400, 65_535, 70_000].map((n) => "é".repeat(n / 2));
    for (const text of texts) tell([socket], { text });
    await expect.poll(() => told).toEqual(texts.map((text) => ({ text })));
  });

  it("leaves one that has gone alone", async () => {
    const { socket } = await arrive(["websocket"]);
    const { socket: other, told } = await arrive(["websocket"]);
    const gone = once(socket, "disconnect");
    clients[0]?.disconnect();
    await gone;
    tell([socket, other], { n: 1 });
    await expect.poll(() => told).toEqual([{ n: 1 }]);
  });
});

describe("textFrame", () => {
  // RFC 6455, 5.2: 7 bits, or 126 and 16 bits, or 127 and 64 bits.
  it.each([
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 255, 255]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])("has the length of %i bytes in as few as it may", (length, head) => {
    const frame = textFrame("x".repeat(length));
    expect([...frame.subarray(0, head.length)]).toEqual(head);
    expect(frame.length).toBe(head.length + length);
  });
});
