import { z } from "zod";
import { location } from "@/lib/openapi/headers";
import type { Content, Operation } from "@/lib/openapi/operation";
import {
  invalidJson,
  invalidParameter,
  notFound,
  type ProblemType,
  problem,
} from "@/lib/openapi/problems";
import {
  articlesV1,
  articlesV2,
  articleV1,
  articleV2,
  CLOCK_HEADER,
  draftV1,
  draftV2,
  mediaTypeOf,
  PLAIN_JSON,
  supportedVersion,
  VERSION_HEADER,
  versions,
} from "./contract";

const tag = "Versioning";

export const schemas = { ArticleV1: articleV1, ArticleV2: articleV2 };

/** The schema of a body in each version, by media type; plain JSON is in the version of the request. */
const inVersions = (one: z.ZodType, two: z.ZodType): Content => ({
  [mediaTypeOf(1)]: { schema: one },
  [mediaTypeOf(2)]: { schema: two },
});
const orPlain = (one: z.ZodType, two: z.ZodType): Content => ({
  ...inVersions(one, two),
  [PLAIN_JSON]: { schema: z.union([two, one]) },
});

const clock = z.iso.datetime().optional().meta({
  description: "Moves the clock of this request, in the demo alone.",
});
const header = z.enum(versions.map(String) as [string, ...string[]]);
const headers = z.object({
  [VERSION_HEADER]: header.optional().meta({ description: "The version of the request." }),
  [CLOCK_HEADER]: clock,
});

/** What every answer of a version says. */
const lifeCycle = {
  [VERSION_HEADER]: header.meta({ description: "The version of the answer." }),
  Deprecation: z
    .string()
    .regex(/^@\d+$/)
    .optional()
    .meta({ description: "Since when the version is deprecated (RFC 9745)." }),
  Sunset: z.string().optional().meta({ description: "When the version ends (RFC 8594)." }),
  Link: z.string().optional().meta({
    description: "Its `deprecation`, its `sunset`, and the `successor-version`.",
  }),
  [CLOCK_HEADER]: z.string().optional().meta({ description: "The time the request has brought." }),
};
const vary = {
  Vary: z.string().meta({ description: "The headers that have chosen the version." }),
};

/** A refusal that comes after the version was chosen names it, as an answer does. */
const problemHeaders = { name: "versioned", headers: lifeCycle };

const supported = z.array(supportedVersion);
const version = z.enum(versions.map((one) => `v${one}`) as [string, ...string[]]);
const versionGone = problem(410, "version-gone", {
  headers: { Deprecation: z.string(), Sunset: z.string(), Link: z.string() },
  members: {
    version: z.number().int(),
    sunset: z.iso.datetime(),
    successor: z.object({ version: z.number().int(), address: z.string() }),
    supported,
  },
});
const common: ProblemType[] = [
  problem(400, "malformed-header", {
    members: {
      errors: z.array(z.object({ field: z.string(), message: z.string() })),
      supported: supported.optional(),
    },
  }),
  problem(400, "unknown-version", { members: { supported } }),
  problem(400, "conflicting-versions", {
    members: { ways: z.record(z.string(), z.string()), supported },
  }),
  invalidParameter,
  versionGone,
];
const byPath = [...common, problem(404, "unknown-version", { members: { supported } }), notFound];
const negotiated = [...common, problem(406, "not-acceptable", { members: { supported } })];

const readList = {
  method: "get",
  tag,
  description:
    "Everybody's articles and your own, newest first, all of them: at most 20 are yours. Version 1 is a bare array.",
  session: "optional",
  problemHeaders,
} as const;
const readOne = {
  method: "get",
  tag,
  description: "Everybody's may be kept by any cache for a minute; yours are yours alone.",
  session: "optional",
  problemHeaders,
} as const;
const write = {
  method: "post",
  tag,
  description:
    "You alone can see it, for a day; the newest 20 are kept. A `Content-Type` of ours names the version of the body.",
  session: "required",
  counted: true,
  body: orPlain(draftV1, draftV2),
  problemHeaders,
} as const;
const id = z.uuid();

export const operations: Operation[] = [
  {
    ...readList,
    path: "/api/articles",
    operationId: "listArticles",
    summary: "List articles, in the version of a header or of Accept",
    headers,
    answers: {
      200: {
        description: "The articles, in the version chosen; the newest where none is.",
        headers: { ...lifeCycle, ...vary },
        content: orPlain(articlesV1, articlesV2),
      },
    },
    problems: negotiated,
  },
  {
    ...write,
    path: "/api/articles",
    operationId: "createArticle",
    summary: "Post an article, in the version of its Content-Type",
    headers,
    answers: {
      201: {
        description: "The article, in the version chosen.",
        headers: { Location: location, ...lifeCycle, ...vary },
        content: orPlain(articleV1, articleV2),
      },
    },
    problems: [...negotiated, ...invalidJson],
  },
  {
    ...readOne,
    path: "/api/articles/{id}",
    operationId: "readArticle",
    summary: "Read an article, in the version of a header or of Accept",
    params: z.object({ id }),
    headers,
    answers: {
      200: {
        description: "The article, in the version chosen; the newest where none is.",
        headers: { ...lifeCycle, ...vary },
        content: orPlain(articleV1, articleV2),
      },
    },
    problems: [...negotiated, notFound],
  },
  {
    ...readList,
    path: "/api/{version}/articles",
    operationId: "listArticlesByPath",
    summary: "List articles, in the version of the path",
    params: z.object({ version }),
    headers,
    answers: {
      200: {
        description: "The articles.",
        headers: lifeCycle,
        content: inVersions(articlesV1, articlesV2),
      },
    },
    problems: byPath,
  },
  {
    ...write,
    path: "/api/{version}/articles",
    operationId: "createArticleByPath",
    summary: "Post an article, in the version of the path",
    params: z.object({ version }),
    headers,
    answers: {
      201: {
        description: "The article.",
        headers: { Location: location, ...lifeCycle },
        content: inVersions(articleV1, articleV2),
      },
    },
    problems: [...byPath, ...invalidJson],
  },
  {
    ...readOne,
    path: "/api/{version}/articles/{id}",
    operationId: "readArticleByPath",
    summary: "Read an article, in the version of the path",
    params: z.object({ version, id }),
    headers,
    answers: {
      200: {
        description: "The article.",
        headers: lifeCycle,
        content: inVersions(articleV1, articleV2),
      },
    },
    problems: byPath,
  },
];
