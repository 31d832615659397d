import type { PrismaClient } from "@/lib/db/generated/client";

const idOf = (number: number) => `5eed0000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** The articles that everybody can read. Golden files hold what each API version makes of them. */
export const articles = [
  {
    title: "A version is a promise, not a number",
    author: "Ada Moreau",
    language: "en",
    tags: ["versioning", "contracts"],
    body: "Clients depend on what you answer, not on what you meant. Count up only when you break it.",
    publishedAt: "2026-02-02T09:00:00.000Z",
  },
  {
    title: "Naïve caches, and the Vary they forget",
    author: "Grace Lindqvist",
    language: "en",
    tags: ["http", "caching"],
    body: "One address, two bodies: a cache that does not know why they differ hands out the wrong one.",
    publishedAt: "2026-03-14T15:09:26.535Z",
  },
  {
    title: "Negociação de conteúdo, passo a passo",
    author: "João Prado",
    language: "pt-BR",
    tags: ["http", "negotiation"],
    body: "O cliente diz o que aceita, e quanto; o servidor escolhe.\nQuem não aceita nada recebe 406.",
    publishedAt: "2026-04-21T11:30:00.250Z",
  },
  {
    title: 'What "sunset" means to those who are asleep',
    author: "Ada Moreau",
    language: "en",
    tags: ["deprecation", "http"],
    body: "A header that nobody reads is no warning. Count who still calls, and write to them.",
    publishedAt: "2026-05-30T18:45:12.007Z",
  },
  {
    title: "Ohne Etikett",
    author: "Käthe Brandt",
    language: "de",
    tags: [],
    body: "Auch ein Artikel ohne Schlagwort hat eine Zeile dafür: in Version 1 ist sie leer.",
    publishedAt: "2026-06-18T07:20:59.999Z",
  },
  {
    title: "Transforms: write the core once",
    author: "Grace Lindqvist",
    language: "en-GB",
    tags: ["versioning", "design", "testing"],
    body: "Keep the newest shape inside. Let each older version be a small function at the very edge.",
    publishedAt: "2026-07-07T13:00:00.000Z",
  },
].map((article, index) => ({
  ...article,
  id: idOf(index + 1),
  owner: null,
  publishedAt: new Date(article.publishedAt),
}));

/** Running it again changes nothing. */
export async function seedArticles(prisma: PrismaClient): Promise<void> {
  await prisma.article.createMany({ data: articles, skipDuplicates: true });
}
