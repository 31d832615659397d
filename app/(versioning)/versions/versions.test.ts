import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { articles } from "@/prisma/seed-articles";
import { toArticle } from "../articles/rows";
import {
  type ArticleV2,
  articleLimits,
  articlesV1,
  articleV1,
  articleV2,
  type DraftV1,
  draftV1,
  draftV2,
} from "../contract";
import { representations } from "./representations";
import * as v1 from "./v1";

const golden = (name: string) =>
  readFileSync(new URL(`../goldens/${name}`, import.meta.url), "utf8");
const seeded = articles.map(toArticle);

describe("version 1, byte for byte", () => {
  it("has the articles of its goldens", () => {
    const newestFirst = seeded.toReversed();
    expect(JSON.stringify(representations[1].list(newestFirst))).toBe(golden("v1-articles.golden"));
    const second = seeded[1] as ArticleV2;
    expect(JSON.stringify(representations[1].article(second))).toBe(golden("v1-article.golden"));
  });

  it("is what its schema says, with nothing else in it", () => {
    const list = articlesV1.parse(JSON.parse(golden("v1-articles.golden")));
    expect(JSON.stringify(list)).toBe(golden("v1-articles.golden"));
  });
});

const word = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8})?$/);
const tags = fc.uniqueArray(word, { maxLength: articleLimits.tags });
const line = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
const body = fc
  .string({ minLength: 1, maxLength: 200, unit: "grapheme" })
  .filter((text) => draftV2.safeParse({ title: "x", body: text }).success);
const drafts1: fc.Arbitrary<DraftV1> = fc
  .record({ title: line, tags: tags.map((all) => all.join(",")), body })
  .map((draft) => draftV1.parse(draft));
const core: fc.Arbitrary<ArticleV2> = fc.record({
  id: fc.uuid({ version: 4 }),
  title: line,
  author: fc.record({ name: line, role: fc.constantFrom("editor", "guest") }),
  language: fc.constantFrom("en", "de", "pt-BR"),
  tags,
  body,
  published_at: fc
    .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
});

describe("the transforms", () => {
  it("lead up and down again to the same draft", () => {
    fc.assert(
      fc.property(drafts1, core, (draft, article) => {
        const { title, tags, body } = v1.down({ ...article, ...v1.up(draft) });
        expect({ title, tags, body }).toEqual(draft);
      }),
    );
  });

  it("make of every valid draft of version 1 a valid one of the core", () => {
    fc.assert(
      fc.property(drafts1, (draft) => {
        expect(draftV2.parse(v1.up(draft))).toEqual(v1.up(draft));
      }),
    );
  });

  it("make of every article a valid one of version 1, from which what it can say comes back", () => {
    fc.assert(
      fc.property(core, (article) => {
        expect(articleV2.parse(article)).toEqual(article);
        const old = v1.down(article);
        expect(articleV1.parse(old)).toEqual(old);
        const { title, tags, body } = v1.up(
          draftV1.parse({ title: old.title, tags: old.tags, body: old.body }),
        );
        expect({ title, tags, body }).toEqual({
          title: article.title,
          tags: article.tags,
          body: article.body,
        });
        expect(old.published * 1_000).toBe(
          Math.floor(Date.parse(article.published_at) / 1_000) * 1_000,
        );
      }),
    );
  });

  test("blanks around tags are not part of them, and the empty line has none", () => {
    const tagsOf = (line: string) =>
      v1.up(draftV1.parse({ title: "x", tags: line, body: "x" })).tags;
    expect(tagsOf(" http , caching")).toEqual(["http", "caching"]);
    expect(tagsOf("  ")).toEqual([]);
    for (const line of ["http,", ",", "http,http", "HTTP", "a,b,c,d,e,f", "a b"])
      expect(draftV1.safeParse({ title: "x", tags: line, body: "x" }).success).toBe(false);
  });
});

test("version 2 is the core itself", () => {
  expect(representations[2].article(seeded[0] as ArticleV2)).toEqual(seeded[0]);
  expect(representations[2].list(seeded)).toEqual({ articles: seeded, count: seeded.length });
});
