import { z } from "zod";
import { notFound } from "@/lib/http";
import { logger } from "@/lib/logger";
import { readQuery } from "@/lib/query";
import { requireSession, sessionOf } from "@/lib/session/session";
import { articleLimits, lifeCycles, type Version } from "../contract";
import { bodyVersion } from "../negotiation/body-version";
import type { Choice } from "../negotiation/choose";
import { versioned } from "../versioned";
import { representations } from "../versions/representations";
import { findArticle, listArticles, pruneArticles, publish } from "./rows";

// The one core behind every address and version. It knows the newest shape alone; the version of the
// answer is `choice`, and only `representations` knows what that means.

/** A parameter that is not known is refused: a version in the query would never be read. */
const noQuery = z.strictObject({});

export const list = versioned(async (request, { choice }) => {
  readQuery(request, noQuery);
  const articles = await listArticles((await sessionOf(request))?.userId);
  return answer(choice, representations[choice.version].list(articles));
});

export const post = versioned(async (request, { choice, now }) => {
  const author = await requireSession(request);
  readQuery(request, noQuery);
  const draft = await representations[bodyVersion(request, choice, now)].readDraft(request);
  const article = await publish(draft, author);
  // Whoever posts clears away after the others. It is not their failure when that fails.
  pruneArticles().catch((err) => logger().warn({ err }, "pruning articles failed; the next does"));
  const location = `${new URL(request.url).pathname}/${article.id}`;
  const body = representations[choice.version].article(article);
  return answer(choice, body, { status: 201, headers: { location } });
});

export const get = versioned<{ version?: string; id: string }>(
  async (request, { params, choice, now }) => {
    readQuery(request, noQuery);
    const id = z.uuid().safeParse(params.id);
    const found = id.success && (await findArticle(id.data, (await sessionOf(request))?.userId));
    if (!found) throw notFound("There is no such article.");
    const body = representations[choice.version].article(found.article);
    // What is everybody's may be kept by any cache on the way: there, Vary is what keeps versions apart.
    const cached = `public, max-age=${maxAge(choice.version, now)}`;
    return answer(choice, body, found.isCommon ? { headers: { "cache-control": cached } } : {});
  },
);

/** A representation; private, unless it says otherwise. */
function answer({ mediaType }: Choice, body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set("content-type", mediaType);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  return new Response(JSON.stringify(body), { ...init, headers });
}

/** No cache goes on answering in a version that is gone. */
function maxAge(version: Version, now: Date): number {
  const sunset = lifeCycles[version]?.sunset.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(articleLimits.maxAgeSeconds, Math.floor((sunset - now.getTime()) / 1_000));
}
