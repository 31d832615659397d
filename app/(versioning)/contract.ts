import { z } from "zod";
import { lineOfText, textBlock } from "@/lib/text";

/** Every version there ever was, oldest first. What comes next is added at the end. */
export const versions = [1, 2] as const;
export type Version = (typeof versions)[number];
/** Whoever names no version gets this one, and keeps it when there is a newer. */
export const defaultVersion: Version = 2;

/** Chooses the version of a request, and names the one of the answer. */
export const VERSION_HEADER = "X-API-Version";
/** A media type of our own in the vendor tree (RFC 6838, 3.2), one for each version. */
export const mediaTypeOf = (version: Version) =>
  `application/vnd.patternbook.v${version}+json` as const;
/** For clients that know no other: an answer of this type names its version in the header alone. */
export const PLAIN_JSON = "application/json";

/** When an old version's time is over; until its sunset it answers as ever. */
export const lifeCycles: Partial<
  Record<Version, { deprecation: Date; sunset: Date; successor: Version }>
> = {
  1: {
    deprecation: new Date("2026-09-01T00:00:00Z"),
    sunset: new Date("2029-09-01T00:00:00Z"),
    successor: 2,
  },
};
export type Phase = "current" | "deprecated" | "gone";

/**
 * Moves the clock of this one request (RFC 3339), so that a sunset can be looked at before it comes.
 * Honoured in the demo alone, and said again in the answer where it was.
 */
export const CLOCK_HEADER = "Demo-Clock";

/** What articles allow. Whoever passes a limit is told which. */
export const articleLimits = {
  titleCharacters: 120,
  bodyCharacters: 4_000,
  tags: 5,
  tagCharacters: 24,
  /** Of a user: the newest are kept, for a day. */
  perUser: 20,
  keptHours: 24,
  /** Of all users: the newest are kept. */
  inAll: 2_000,
  /** Posts of a user, on each instance. */
  posts: { limit: 30, windowMs: 60_000 },
  /** For the articles that everybody can read; never beyond the sunset of their version. */
  maxAgeSeconds: 60,
} as const;

const { tags: mostTags, tagCharacters, titleCharacters, bodyCharacters } = articleLimits;

const tag = z
  .string()
  .max(tagCharacters)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters and digits, joined by hyphens");
const tagList = z
  .array(tag)
  .max(mostTags)
  .refine((all) => new Set(all).size === all.length, "must not repeat a tag");
const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, "must be a language and perhaps a region: en, pt-BR");

// Version 2, which is the core's own shape.

export const articleV2 = z.object({
  id: z.uuid(),
  title: z.string(),
  /** Editors wrote the articles that everybody can read, guests their own. */
  author: z.object({ name: z.string(), role: z.enum(["editor", "guest"]) }),
  language,
  tags: z.array(tag),
  body: z.string(),
  published_at: z.iso.datetime({ precision: 3 }),
});
export type ArticleV2 = z.infer<typeof articleV2>;

/** `POST`, version 2. */
export const draftV2 = z.strictObject({
  title: lineOfText(titleCharacters),
  language: language.default("en"),
  tags: tagList.default([]),
  body: textBlock(bodyCharacters),
});
export type DraftV2 = z.infer<typeof draftV2>;

/** In an envelope: it can be given more members without breaking anybody. */
export const articlesV2 = z.object({ articles: z.array(articleV2), count: z.number().int() });
export type ArticlesV2 = z.infer<typeof articlesV2>;

// Version 1, as it was on its first day.

/** `caching,http`: what `split` and `trim` make of it are the tags. */
const tagLine = z
  .string()
  .max(mostTags * (tagCharacters + 2))
  .refine((text) => tagList.safeParse(splitTags(text)).success, {
    message: `must be at most ${mostTags} different tags in lower case, separated by commas`,
  });

/** The empty line has no tags, not an empty one. */
export const splitTags = (line: string): string[] =>
  line.trim() === "" ? [] : line.split(",").map((text) => text.trim());

export const articleV1 = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string(),
  tags: z.string(),
  body: z.string(),
  /** Seconds since 1970. */
  published: z.number().int(),
});
export type ArticleV1 = z.infer<typeof articleV1>;

/** `POST`, version 1. */
export const draftV1 = z.strictObject({
  title: lineOfText(titleCharacters),
  tags: tagLine.default(""),
  body: textBlock(bodyCharacters),
});
export type DraftV1 = z.infer<typeof draftV1>;

export const articlesV1 = z.array(articleV1);
export type ArticlesV1 = z.infer<typeof articlesV1>;

/** One of the members `supported` of a problem: every way to ask for a version that is served now. */
export const supportedVersion = z.object({
  version: z.number().int(),
  status: z.enum(["current", "deprecated"]),
  path: z.string(),
  header: z.string(),
  accept: z.string(),
  /** For a version that has one. */
  sunset: z.iso.datetime().optional(),
});
export type SupportedVersion = z.infer<typeof supportedVersion>;
