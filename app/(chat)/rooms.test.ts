import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "socket.io";
import { io as connect, type Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { prisma } from "@/lib/db/prisma";
import { log } from "@/lib/log";
import { tokens } from "@/lib/session/session";
import { createSocketServer } from "@/lib/sockets/server";
import { GET } from "./api/chat/rooms/route";
import { type ClientEvents, chatLimits, chatNamespace, type ServerEvents } from "./contract";
import { storeMessage, streamOf } from "./messages";
import { addMember, createRoom, openRoom } from "./rooms";
import { serveChat } from "./socket/namespace";
import { sweepRooms } from "./unused-rooms";

// The only file that sweeps rooms: another one's aged rooms would go as well.

let io: Server;
let endChat: () => void;
const http = createServer();
beforeAll(async () => {
  io = createSocketServer(http);
  endChat = serveChat(io.of(chatNamespace), 100);
  await once(http.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  endChat();
  await io.close();
  log().close();
  await bus().close();
  await prisma().$disconnect();
  await pool().end();
});

async function newGuest(name = "Guest"): Promise<{ userId: string; name: string }> {
  const { id } = await prisma().user.create({ data: { id: randomUUID(), name } });
  return { userId: id, name };
}
const roomName = () => `r${randomUUID().slice(0, 13)}`;
async function newRoom(userId: string, isPrivate = false): Promise<string> {
  const request = isPrivate
    ? ({ isPrivate: true, title: "Ours" } as const)
    : ({ isPrivate: false, name: roomName() } as const);
  return (await createRoom(request, userId)).room.name;
}
/** As if nobody had used it for a while. */
const age = (name: string, days = chatLimits.roomUnusedDays + 1) =>
  pool().query("UPDATE chat_room SET used_at = now() - $2 * interval '1 day' WHERE name = $1", [
    name,
    days,
  ]);
const exists = async (name: string) =>
  (await prisma().room.findUnique({ where: { name } })) !== null;

/** One page of the list, and the address of the next. */
async function list(guest: { userId: string; name: string }, path = "/api/chat/rooms") {
  const { token } = await tokens().issue(guest);
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(new URL(path, "http://localhost"), { headers });
  const response = await GET(request, { params: Promise.resolve({}) });
  expect(response.status).toBe(200);
  const { pinned, rooms } = (await response.json()) as Record<string, { name: string }[]>;
  const next = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
  const names = (all: { name: string }[] = []) => all.map(({ name }) => name);
  return { pinned: names(pinned), rooms: names(rooms), next };
}

describe("the list of rooms", () => {
  it("always has one's own rooms, however many strangers make, and all others page by page", async () => {
    const [ada, bob] = [await newGuest("Ada"), await newGuest("Bob")];
    await prisma().room.createMany({
      data: [{ name: "lobby", title: "Lobby", isPermanent: true }],
      skipDuplicates: true,
    });
    const own = [await newRoom(ada.userId), await newRoom(ada.userId, true)];
    const joined = await newRoom(bob.userId, true);
    await addMember(joined, bob.userId, ada.userId);
    const hidden = await newRoom(bob.userId, true);
    const strangers = Array.from({ length: 230 }, roomName);
    await prisma().room.createMany({ data: strangers.map((name) => ({ name, title: name })) });

    const first = await list(ada);
    expect(first.pinned).toEqual(expect.arrayContaining(["lobby", ...own, joined]));
    expect(first.rooms).toHaveLength(50);
    expect(first.rooms).toContain(strangers.at(-1));
    const seen = [...first.rooms];
    for (let { next } = first; next; ) {
      const page = await list(ada, next);
      expect(page.pinned).toEqual(first.pinned);
      seen.push(...page.rooms);
      next = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...strangers, ...own, joined]));
    expect([...seen, ...first.pinned]).not.toContain(hidden);
    expect((await list(bob)).pinned).toEqual(expect.arrayContaining([joined, hidden]));
  });

  it("keeps one's own rooms in sight of those that strangers let one into", async () => {
    const [ada, eve] = [await newGuest("Ada"), await newGuest("Eve")];
    const own = await newRoom(ada.userId, true);
    const traps = Array.from({ length: 60 }, () => `p-${randomUUID()}`);
    await prisma().room.createMany({
      data: traps.map((name) => ({ name, title: "Come in", isPrivate: true, ownerId: eve.userId })),
    });
    await prisma().roomMember.createMany({
      data: traps.map((name) => ({ roomName: name, userId: ada.userId })),
    });
    const { pinned } = await list(ada);
    expect(pinned).toContain(own);
    expect(pinned.filter((name) => traps.includes(name))).toHaveLength(
      chatLimits.joinedRoomsPinned,
    );
  });
});

describe("a room that nobody uses", () => {
  it("is swept with its members and messages; used ones and those of the seed are not", async () => {
    const ada = await newGuest("Ada");
    const [unused, secret, used] = [
      await newRoom(ada.userId),
      await newRoom(ada.userId, true),
      await newRoom(ada.userId),
    ];
    const seeded = roomName();
    await prisma().room.create({ data: { name: seeded, title: seeded, isPermanent: true } });
    for (const room of [unused, secret, used, seeded])
      for (const n of [1, 2, 3]) await storeMessage(room, ada, randomUUID(), `message ${n}`);
    for (const room of [unused, secret, seeded]) await age(room);
    await age(used, chatLimits.roomUnusedDays - 1);

    expect(await sweepRooms()).toBe(2);
    expect(await Promise.all([unused, secret, used, seeded].map(exists))).toEqual([
      ...[false, false, true, true],
    ]);
    const left = async (room: string) => (await log().read(streamOf(room), 0, 10)).entries.length;
    expect(await Promise.all([unused, secret, used, seeded].map(left))).toEqual([0, 0, 3, 3]);
    expect(await prisma().roomMember.count({ where: { roomName: secret } })).toBe(0);
    await expect(openRoom(unused, ada.userId)).rejects.toThrow(/404/);
    expect(await sweepRooms()).toBe(0);
  });

  it("may be made again under its name: a position of before means no other message", async () => {
    const [ada, bob] = [await newGuest("Ada"), await newGuest("Bob")];
    const room = await newRoom(ada.userId);
    for (let n = 0; n < 3; n++) await storeMessage(room, ada, randomUUID(), `before ${n}`);
    await age(room);
    expect(await sweepRooms()).toBe(1);
    expect(await createRoom({ isPrivate: false, name: room }, bob.userId)).toMatchObject({
      created: true,
    });
    const { seq } = await storeMessage(room, bob, randomUUID(), "after");
    expect(seq).toBe(4);
    const page = await log().read(streamOf(room), 0, 10);
    expect(page).toMatchObject({ head: 4, floor: 3, entries: [{ seq: 4 }] });
  });

  it("is either entered or swept, never both", async () => {
    const ada = await newGuest("Ada");
    const rooms = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const name = roomName();
        await prisma().room.create({ data: { name, title: name } });
        await age(name);
        return name;
      }),
    );
    const [entered] = await Promise.all([
      Promise.allSettled(rooms.map((room) => openRoom(room, ada.userId))),
      sweepRooms(),
      sweepRooms(),
    ]);
    for (const [n, { status }] of entered.entries())
      expect(await exists(rooms[n] as string)).toBe(status === "fulfilled");
  });

  it("is in use where a connection is in it, which is never so much as heard of", async () => {
    const ada = await newGuest("Ada");
    const room = await newRoom(ada.userId);
    const socket = await arrive(ada);
    expect(await socket.emitWithAck("join", { room })).toMatchObject({ ok: true });
    await age(room);
    await expect
      .poll(async () => (await prisma().room.findUnique({ where: { name: room } }))?.usedAt)
      .toSatisfy((at: Date) => Date.now() - at.getTime() < 60_000);
    expect(await sweepRooms()).toBe(0);
    expect(await exists(room)).toBe(true);
    socket.disconnect();
  });

  it("is closed for those who are in it, who are told when they come back", async () => {
    const ada = await newGuest("Ada");
    const room = await newRoom(ada.userId);
    const socket = await arrive(ada);
    expect(await socket.emitWithAck("join", { room })).toMatchObject({ ok: true });
    const closed = new Promise((resolve) => socket.once("disconnect", resolve));
    const back = new Promise((resolve) => socket.once("hello", resolve));
    // As if its instance could not write down the use of its rooms for so long.
    await expect
      .poll(async () => {
        await age(room);
        await sweepRooms();
        return exists(room);
      })
      .toBe(false);
    await closed;
    await back;
    expect(await socket.emitWithAck("join", { room })).toMatchObject({
      ok: false,
      problem: { status: 404, detail: "There is no such room." },
    });
    socket.disconnect();
  });
});

async function arrive(guest: { userId: string; name: string }) {
  const { token } = await tokens().issue(guest);
  const { port } = http.address() as AddressInfo;
  const socket: Socket<ServerEvents, ClientEvents> = connect(
    `http://127.0.0.1:${port}${chatNamespace}`,
    { auth: { token }, transports: ["websocket"], forceNew: true },
  );
  await new Promise<void>((resolve) => socket.once("hello", () => resolve()));
  return socket;
}
