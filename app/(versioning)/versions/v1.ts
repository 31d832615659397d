import { type ArticleV1, type ArticleV2, type DraftV1, type DraftV2, splitTags } from "../contract";

/**
 * Version 2 seen by a client of version 1. The order of the members is part of the promise: a golden
 * file holds each byte. What version 1 has no word for (language, the author's role, milliseconds)
 * is left out.
 */
export const down = ({ id, title, author, tags, body, published_at }: ArticleV2): ArticleV1 => ({
  id,
  title,
  author: author.name,
  tags: tags.join(","),
  body,
  published: Math.floor(Date.parse(published_at) / 1_000),
});

/** What a client of version 1 sends, as version 2 would have said it: all articles were English then. */
export const up = ({ title, tags, body }: DraftV1): DraftV2 => ({
  title,
  language: "en",
  tags: splitTags(tags),
  body,
});
