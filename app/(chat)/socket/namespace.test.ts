import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { prisma } from "@/lib/db/prisma";
import { tokens } from "@/lib/session/session";
import { createSocketServer } from "@/lib/sockets/server";
import { type ClientEvents, chatNamespace, type ServerEvents } from "../contract";
import { serveChat } from "./namespace";

const http = createServer();
const guest = (name: string) => ({ userId: randomUUID(), name });
const clients: Socket[] = [];
let io: Server;
let end: () => void;
let room: string;

beforeAll(async () => {
  io = createSocketServer(http);
  end = serveChat(io.of(chatNamespace));
  await once(http.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  end();
  await io.close();
});

beforeEach(async () => {
  room = `room-${randomUUID().slice(0, 8)}`;
  await prisma().room.create({ data: { name: room, title: room } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await prisma().room.delete({ where: { name: room } });
});

/** A guest with a connection that the server has greeted. */
async function arrive(who: ReturnType<typeof guest>) {
  const { token } = await tokens().issue(who);
  const { port } = http.address() as AddressInfo;
  const client: Socket<ServerEvents, ClientEvents> = connect(
    `http://127.0.0.1:${port}${chatNamespace}`,
    { auth: { token }, transports: ["websocket"], forceNew: true },
  );
  clients.push(client);
  await new Promise<void>((resolve) => client.once("hello", () => resolve()));
  return client;
}

/** What frames a packet, for whoever it then goes to. */
interface Encoder {
  encode(packet: { data?: unknown[] }): unknown;
}

describe("a message", () => {
  it("comes to each of forty sockets once, and is not encoded for each of them", async () => {
    const [sockets, messages] = [40, 12];
    const { encoder } = io.of(chatNamespace).adapter as unknown as { encoder: Encoder };
    const encode = vi.spyOn(encoder, "encode");
    const seen: number[][] = [];
    const members: Awaited<ReturnType<typeof arrive>>[] = [];
    for (let n = 0; n < sockets; n++) {
      const client = await arrive(guest(`Guest ${n}`));
      const seqs: number[] = [];
      client.on("messages", (event) => seqs.push(...event.messages.map(({ seq }) => seq)));
      expect(await client.emitWithAck("join", { room })).toMatchObject({ ok: true });
      members.push(client);
      seen.push(seqs);
    }
    encode.mockClear();
    const sent = Array.from({ length: messages }, (_, n) =>
      members[n]?.emitWithAck("send", { room, id: randomUUID(), text: `message ${n}` }),
    );
    for (const answer of await Promise.all(sent)) expect(answer).toMatchObject({ ok: true });
    const all = Array.from({ length: messages }, (_, n) => n + 1);
    for (const seqs of seen) await expect.poll(() => seqs).toEqual(all);
    const batches = encode.mock.calls.filter(([packet]) => packet.data?.[0] === "messages");
    expect(batches.length).toBeLessThanOrEqual(messages);
  });
});

describe("join", () => {
  it("leaves nobody behind in the room when the connection ends before its answer", async () => {
    const [ghost, ada] = [guest("Ghost"), guest("Ada")];
    const client = await arrive(ghost);
    client.emit("join", { room }, () => {});
    client.disconnect();
    const answer = await (await arrive(ada)).emitWithAck("join", { room });
    expect(answer).toMatchObject({ ok: true, people: [ada], count: 1 });
  });
});
