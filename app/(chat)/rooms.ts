import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { prisma } from "@/lib/db/prisma";
import { HttpError, notFound } from "@/lib/http";
import { chatLimits, type Room, roomName, type roomRequest } from "./contract";

/** Private rooms have names that nobody can guess, with a prefix that public ones may not use. */
const PRIVATE = "p-";

const shape = { name: true, title: true, isPrivate: true } as const;
const readableBy = (userId: string) => ({
  OR: [{ isPrivate: false }, { members: { some: { userId } } }],
});

/** The rooms somebody can read: all public ones and their own private ones. */
export function listRooms(userId: string): Promise<Room[]> {
  return prisma().room.findMany({
    where: readableBy(userId),
    select: shape,
    orderBy: { createdAt: "asc" },
    take: 200,
  });
}

/**
 * The room, for somebody who may read it.
 * @throws HttpError 404, the same whether it does not exist or is not theirs
 */
export async function readableRoom(name: string, userId: string): Promise<Room> {
  const where = { name, ...readableBy(userId) };
  const isName = roomName.safeParse(name).success;
  const found = isName && (await prisma().room.findFirst({ where, select: shape }));
  if (!found) throw notFound("There is no such room.");
  return found;
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
  const { isPrivate } = await readableRoom(name, by);
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
  if (!found) throw notFound("You have no such room.");
  return found;
}
