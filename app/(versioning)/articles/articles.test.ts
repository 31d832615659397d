import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import { pool } from "@/lib/db/pool";
import { prisma } from "@/lib/db/prisma";
import { metrics } from "@/lib/metrics";
import { tokens } from "@/lib/session/session";
import { seedArticles } from "@/prisma/seed-articles";
import { articleLimits, articlesV2, articleV1, articleV2, type DraftV2 } from "../contract";
import { get, list, post } from "./operations";
import { findArticle, listArticles, pruneArticles, publish } from "./rows";

const draft: DraftV2 = { title: "Mine", language: "de", tags: ["http"], body: "Text" };
const common = "5eed0000-0000-4000-8000-000000000002";
const person = () => ({
  userId: randomUUID(),
  name: "Ada",
  sessionId: randomUUID(),
  issuedAt: 0,
  expiresAt: 0,
});

beforeAll(async () => {
  // While version 1 is deprecated: the handlers ask for the date themselves.
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-12-01T00:00:00Z") });
  await seedArticles(prisma());
});
afterAll(async () => {
  vi.useRealTimers();
  await prisma().$disconnect();
  await pool().end();
});

describe("articles", () => {
  it("of a guest are there for that guest alone", async () => {
    const [ada, grace] = [person(), person()];
    const { id } = await publish(draft, ada);
    expect((await listArticles(ada.userId)).map((article) => article.id)).toContain(id);
    for (const reader of [grace.userId, undefined]) {
      expect((await listArticles(reader)).map((article) => article.id)).not.toContain(id);
      expect(await findArticle(id, reader)).toBeNull();
      expect(await findArticle(common, reader)).toMatchObject({ isCommon: true });
    }
    expect(await findArticle(id, ada.userId)).toMatchObject({
      isCommon: false,
      article: { ...draft, author: { name: "Ada", role: "guest" } },
    });
  });

  it("are the newest twenty of a guest, also when all come at once", async () => {
    const ada = person();
    const all = Array.from({ length: articleLimits.perUser + 4 }, () => publish(draft, ada));
    await Promise.all(all);
    const own = (await listArticles(ada.userId)).filter(({ author }) => author.role === "guest");
    expect(own).toHaveLength(articleLimits.perUser);
  });

  it("of guests are taken away after a day, and those of the seed never", async () => {
    const ada = person();
    const { id } = await publish(draft, ada);
    const hour = 3_600_000;
    const later = (hours: number) => new Date(Date.now() + hours * hour);
    await pruneArticles(later(articleLimits.keptHours - 1));
    expect(await findArticle(id, ada.userId)).not.toBeNull();
    await pruneArticles(later(articleLimits.keptHours + 1));
    expect(await findArticle(id, ada.userId)).toBeNull();
    expect(await findArticle(common, undefined)).not.toBeNull();
  });
});

/** Calls a handler as Next would; a version in the path is a parameter of the route. */
async function ask(path: string, init: RequestInit & { guest?: ReturnType<typeof person> } = {}) {
  const { guest, ...rest } = init;
  const [, version, id] = /^\/api(?:\/(v\d+))?\/articles(?:\/(.+))?$/.exec(path) ?? [];
  const headers = new Headers(rest.headers);
  if (guest) headers.set("authorization", `Bearer ${(await tokens().issue(guest)).token}`);
  const request = new Request(`http://localhost${path}`, { ...rest, headers });
  if (id) return get(request, { params: Promise.resolve({ version, id }) });
  const params = Promise.resolve({ version });
  return (init.method === "POST" ? post : list)(request, { params });
}
const postOf = (body: unknown, type = "application/json") => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": type } as Record<string, string>,
});

describe("the handlers", () => {
  it("answer the same bytes, whichever way the version was chosen", async () => {
    for (const [version, other] of [
      ["1", "2"],
      ["2", "1"],
    ]) {
      const type = `application/vnd.patternbook.v${version}+json`;
      const weights = `application/vnd.patternbook.v${other}+json;q=0.1, ${type}`;
      const answers = await Promise.all([
        ask(`/api/v${version}/articles/${common}`),
        ask(`/api/articles/${common}`, { headers: { "x-api-version": version as string } }),
        ask(`/api/articles/${common}`, { headers: { accept: weights } }),
      ]);
      expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
      for (const { headers } of answers) {
        expect(headers.get("content-type")).toBe(type);
        expect(headers.get("x-api-version")).toBe(version);
      }
      expect(answers.map(({ headers }) => headers.get("vary"))).toEqual([
        null,
        "Accept, X-API-Version",
        "Accept, X-API-Version",
      ]);
    }
  });

  it("take a draft of an old version, and read it back in either", async () => {
    const guest = person();
    const old = { title: "Old", tags: "http, caching", body: "Said in version 1" };
    const made = await ask("/api/v1/articles", { ...postOf(old), guest });
    expect(made.status).toBe(201);
    const article = articleV1.parse(await made.json());
    expect(article).toMatchObject({ ...old, tags: "http,caching", author: "Ada" });
    expect(made.headers.get("location")).toBe(`/api/v1/articles/${article.id}`);
    const read = await ask(`/api/v2/articles/${article.id}`, { guest });
    expect(articleV2.parse(await read.json())).toMatchObject({
      ...{ id: article.id, tags: ["http", "caching"], language: "en" },
      author: { name: "Ada", role: "guest" },
    });
    expect(read.headers.get("cache-control")).toBe("private, no-store");
  });

  it("write in one version and read in another, by Content-Type and Accept", async () => {
    const init = postOf(
      { title: "Both", tags: "http", body: "x" },
      "application/vnd.patternbook.v1+json",
    );
    const made = await ask("/api/articles", {
      ...init,
      headers: { ...init.headers, accept: "application/vnd.patternbook.v2+json" },
      guest: person(),
    });
    expect(articleV2.parse(await made.json())).toMatchObject({ title: "Both", tags: ["http"] });
  });

  it("name what is wrong with a draft in the words of its version", async () => {
    const guest = person();
    const bad = { title: "x", tags: ["http"], body: "x" };
    const refused = await ask("/api/v1/articles", { ...postOf(bad), guest });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ field: "tags" }] });
    expect(refused.headers.get("x-api-version")).toBe("1");
    expect((await ask("/api/v2/articles", { ...postOf(bad), guest })).status).toBe(201);
    expect((await ask("/api/v2/articles", postOf(bad))).status).toBe(401);
  });

  it("let caches keep what is everybody's", async () => {
    const cacheOf = async (path: string) => (await ask(path)).headers.get("cache-control");
    expect(await cacheOf(`/api/articles/${common}`)).toBe("public, max-age=60");
    expect(await cacheOf("/api/articles")).toBe("private, no-store");
  });

  it("refuse a parameter that nobody reads", async () => {
    expect((await ask("/api/articles")).status).toBe(200);
    const request = new Request("http://localhost/api/articles?version=1");
    expect((await list(request, { params: Promise.resolve({}) })).status).toBe(400);
  });
});

test("a list is everybody's articles, for nobody in particular", async () => {
  const { articles, count } = articlesV2.parse(await (await ask("/api/v2/articles")).json());
  expect(count).toBe(articles.length);
  expect(articles.every(({ author }) => author.role === "editor")).toBe(true);
});

test("each request is counted by its version, its way, and where the version is in its life", async () => {
  const count = async (labels: Record<string, string>) => {
    const { values } = await metrics().apiVersionRequests.get();
    return (
      values.find((one) => Object.entries(labels).every(([k, v]) => one.labels[k as "way"] === v))
        ?.value ?? 0
    );
  };
  const labels = { version: "1", way: "header", phase: "deprecated" };
  const before = await count(labels);
  await ask("/api/articles", { headers: { "x-api-version": "1" } });
  expect(await count(labels)).toBe(before + 1);
});
