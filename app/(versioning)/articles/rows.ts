import { randomUUID } from "node:crypto";
import { prisma } from "@/lib/db/prisma";
import type { Identity } from "@/lib/session/token";
import { type ArticleV2, articleLimits, type DraftV2 } from "../contract";

const { perUser, keptHours, inAll } = articleLimits;
const newestFirst = [{ publishedAt: "desc" }, { id: "desc" }] as const;

interface Row {
  id: string;
  owner: string | null;
  title: string;
  author: string;
  language: string;
  tags: string[];
  body: string;
  publishedAt: Date;
}

/** The core's own shape, that of the newest version. */
export const toArticle = ({ owner, author, publishedAt, ...row }: Row): ArticleV2 => ({
  id: row.id,
  title: row.title,
  author: { name: author, role: owner === null ? "editor" : "guest" },
  language: row.language,
  tags: row.tags,
  body: row.body,
  published_at: publishedAt.toISOString(),
});

/** What somebody may read: what is everybody's, and what is their own. */
const readableBy = (reader: string | undefined) => ({
  OR: [{ owner: null }, ...(reader ? [{ owner: reader }] : [])],
});

/** All of it, newest first: the articles of the seed, and at most `perUser` more. */
export async function listArticles(reader: string | undefined): Promise<ArticleV2[]> {
  const where = readableBy(reader);
  const rows = await prisma().article.findMany({ where, orderBy: [...newestFirst] });
  return rows.map(toArticle);
}

/** Null: there is none, or it is somebody else's. `isCommon`: it is everybody's. */
export async function findArticle(id: string, reader: string | undefined) {
  const row = await prisma().article.findFirst({ where: { id, ...readableBy(reader) } });
  return row && { article: toArticle(row), isCommon: row.owner === null };
}

/** Stores an article under an id that we make, and keeps its author to the newest. */
export async function publish(
  draft: DraftV2,
  { userId, name }: Identity,
  publishedAt = new Date(),
): Promise<ArticleV2> {
  return prisma().$transaction(async (tx) => {
    // One post of a user at a time: two at once would each count without the other.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`article:${userId}`}, 0))`;
    const row = await tx.article.create({
      data: { ...draft, id: randomUUID(), owner: userId, author: name, publishedAt },
    });
    const surplus = await tx.article.findMany({
      ...{ where: { owner: userId }, orderBy: [...newestFirst], skip: perUser },
      select: { id: true },
    });
    await tx.article.deleteMany({ where: { id: { in: surplus.map(({ id }) => id) } } });
    return toArticle(row);
  });
}

/** Takes away what guests have written once its time is over, and the oldest beyond so many. */
export async function pruneArticles(now = new Date()): Promise<number> {
  const surplus = await prisma().article.findFirst({
    ...{ where: { owner: { not: null } }, orderBy: [...newestFirst], skip: inAll },
    select: { publishedAt: true },
  });
  const dayAgo = new Date(now.getTime() - keptHours * 3_600_000);
  const { count } = await prisma().article.deleteMany({
    where: {
      owner: { not: null },
      OR: [
        { publishedAt: { lt: dayAgo } },
        ...(surplus ? [{ publishedAt: { lte: surplus.publishedAt } }] : []),
      ],
    },
  });
  return count;
}
