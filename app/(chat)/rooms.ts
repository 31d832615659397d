import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { prisma } from "@/lib/db/prisma";
import { HttpError, notFound } from "@/lib/http";
import { chatLimits, type Room, roomName, type roomRequest } from "./contract";
import { touchRooms } from "./unused-rooms";

/** Private rooms have names that nobody can guess, with a prefix that public ones may not use. */
const PRIVATE = "p-";

const shape = { name: true, title: true, isPrivate: true } as const;
const readableBy = (userId: string) => ({
  OR: [{ isPrivate: false }, { members: { some: { userId } } }],
});

/**
 * The rooms that a user always sees, however many there are: the permanent ones, those they made, and the
 * private ones that they were let into last.
 */
export async function pinnedRooms(userId: string): Promise<Room[]> {
  const [permanent, own, joined] = await Promise.all([
    prisma().room.findMany({
      where: { isPermanent: true },
      select: shape,
      orderBy: { number: "asc" },
    }),
    prisma().room.findMany({
      where: { ownerId: userId },
      select: shape,
      orderBy: { number: "desc" },
      take: chatLimits.roomsPerUser,
    }),
    prisma().roomMember.findMany({
      // A room whose owner is gone has none: that is not the same as one of another's.
      where: { userId, room: { OR: [{ ownerId: null }, { ownerId: { not: userId } }] } },
      select: { room: { select: shape } },
      orderBy: { joinedAt: "desc" },
      take: chatLimits.joinedRoomsPinned,
    }),
  ]);
  return [...permanent, ...own, ...joined.map(({ room }) => room)];
}

/**
 * A page of all rooms that a user can read: the public ones, and the private ones that they are a member of.
 * The newest come first.
 * @param before the number of a room: those made before it
 * @returns `next` is the number to go on before, undefined where there are no more
 */
export async function listRooms(userId: string, before: number | undefined, limit: number) {
  const found = await prisma().room.findMany({
    where: { ...readableBy(userId), ...(before !== undefined && { number: { lt: before } }) },
    select: { ...shape, number: true },
    orderBy: { number: "desc" },
    take: limit + 1,
  });
  const rooms = found.slice(0, limit).map(({ number: _, ...room }): Room => room);
  return { rooms, next: found.length > limit ? Number(found[limit - 1]?.number) : undefined };
}

/**
 * The room, for somebody who may read it and is about to use it: it is not swept while they do.
 * @throws HttpError 404, the same whether it does not exist or is not theirs
 */
export async function openRoom(name: string, userId: string): Promise<Room> {
  const where = { name, ...readableBy(userId) };
  const missing = notFound("There is no such room.");
  if (!roomName.safeParse(name).success) throw missing;
  const found = await prisma().room.findFirst({ where, select: { ...shape, usedAt: true } });
  if (!found) throw missing;
  const { usedAt, ...room } = found;
  // One that was used of late is far from being swept: it need not be written down each time.
  const isFresh = Date.now() - usedAt.getTime() < chatLimits.roomTouchMs;
  // It may have been swept at this very moment.
  if (!isFresh && !(await touchRooms([name])).has(name)) throw missing;
  return room;
}

/**
 * Makes a room. A public one that is there already is simply answered.
 * @throws HttpError 400 (reserved name), 429 (too many rooms of one user)
 */
export async function createRoom(request: z.infer<typeof roomRequest>, userId: string) {
  if (!request.isPrivate) {
    if (request.name.startsWith(PRIVATE))
      throw new HttpError(400, "reserved-name", `Names with ${PRIVATE} are for private rooms.`);
    const found = await prisma().room.findUnique({ where: { name: request.name }, select: shape });
    if (found) return { room: found, created: false };
  }
  await assertRoomLeft(userId);
  const name = request.isPrivate ? PRIVATE + randomBytes(12).toString("hex") : request.name;
  const { title = name, isPrivate } = request;
  const members = isPrivate ? { create: { userId } } : undefined;
  // Two may make the same public room at once: the second finds the first's.
  const room = await prisma().room.upsert({
    where: { name },
    create: { name, title, isPrivate, ownerId: userId, members },
    update: {},
    select: shape,
  });
  return { room, created: true };
}

async function assertRoomLeft(ownerId: string): Promise<void> {
  const { roomsPerUser } = chatLimits;
  if ((await prisma().room.count({ where: { ownerId } })) < roomsPerUser) return;
  throw new HttpError(429, "too-many-rooms", `One guest may make ${roomsPerUser} rooms.`);
}

/**
 * Lets somebody into a private room.
 * @throws HttpError 404 (no such room for the caller, or no such guest), 409 (public), 429 (full)
 */
export async function addMember(name: string, by: string, userId: string): Promise<void> {
  const { isPrivate } = await openRoom(name, by);
  if (!isPrivate) throw new HttpError(409, "public-room", "Everyone is in a public room already.");
  if (!(await prisma().user.findUnique({ where: { id: userId } })))
    throw notFound("There is no such guest.");
  if ((await prisma().roomMember.count({ where: { roomName: name } })) >= chatLimits.membersPerRoom)
    throw new HttpError(
      429,
      "room-full",
      `A room has at most ${chatLimits.membersPerRoom} members.`,
    );
  const key = { roomName: name, userId };
  await prisma().roomMember.upsert({ where: { roomName_userId: key }, create: key, update: {} });
}

/**
 * The room, for the guest who made it.
 * @throws HttpError 404
 */
export async function ownRoom(name: string, userId: string): Promise<Room> {
  const found =
    roomName.safeParse(name).success &&
    (await prisma().room.findFirst({ where: { name, ownerId: userId }, select: shape }));
  if (!found || !(await touchRooms([name])).has(name)) throw notFound("You have no such room.");
  return found;
}
