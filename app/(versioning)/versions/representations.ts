import { readJson } from "@/lib/body";
import {
  type ArticlesV1,
  type ArticlesV2,
  type ArticleV1,
  type ArticleV2,
  type DraftV2,
  draftV1,
  draftV2,
  type Version,
} from "../contract";
import * as v1 from "./v1";

/** How one version speaks: the way out from the core, and the way in. */
interface Representation<Article, List> {
  article(core: ArticleV2): Article;
  list(core: ArticleV2[]): List;
  /** @throws HttpError 400 in the words of this version, 413, 415 */
  readDraft(request: Request): Promise<DraftV2>;
}

/**
 * The chain: each version knows the next newer one alone. With a version 3, the core speaks that;
 * version 2 gets a `v2.down`, version 1 reads `v1.down(v2.down(core))`, and v1.ts stays as it is.
 */
export const representations: {
  1: Representation<ArticleV1, ArticlesV1>;
  2: Representation<ArticleV2, ArticlesV2>;
} & Record<Version, Representation<unknown, unknown>> = {
  2: {
    article: (core) => core,
    list: (articles) => ({ articles, count: articles.length }),
    readDraft: (request) => readJson(request, draftV2),
  },
  1: {
    article: v1.down,
    list: (articles) => articles.map(v1.down),
    readDraft: async (request) => v1.up(await readJson(request, draftV1)),
  },
};
