import { randomInt, randomUUID } from "node:crypto";
import { prisma } from "@/lib/db/prisma";

const moods = ["Calm", "Brisk", "Quiet", "Bright", "Patient", "Keen", "Gentle", "Wry"];
const birds = ["Heron", "Wren", "Plover", "Finch", "Kestrel", "Teal", "Lark", "Dunlin"];

const pick = (words: string[]) => words[randomInt(words.length)];

/** Makes a guest: a row with an id that only we give out. */
export async function createGuest(name = `${pick(moods)} ${pick(birds)}`) {
  const guest = await prisma().user.create({ data: { id: randomUUID(), name } });
  return { userId: guest.id, name: guest.name };
}

/** Renames a guest; one whose row is gone (another database) is made anew under the same id. */
export async function renameGuest(userId: string, name: string) {
  await prisma().user.upsert({
    where: { id: userId },
    create: { id: userId, name },
    update: { name },
  });
}
