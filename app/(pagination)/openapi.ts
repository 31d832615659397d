import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { link, location, retryAfter } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import {
  invalidCursor,
  invalidJson,
  invalidParameter,
  notFound,
  problem,
  unauthorized,
} from "@/lib/openapi/problems";
import {
  churned,
  churnRequest,
  cursorPage,
  cursorQuery,
  explained,
  item,
  offsetPage,
  offsetQuery,
  ownList,
  planQuery,
  truth,
  truthQuery,
} from "./contract";

const tag = "Pagination";
const serverTiming = { "Server-Timing": z.string() };
const headers = { "Retry-After": retryAfter };
/** items/database.ts: what a limit has ended. */
const limited = [problem(503, "too-slow", { headers }), problem(503, "busy", { headers })];
/** Reading list=mine takes a session, and a list. */
const ofMine = [unauthorized, notFound];
const made = { Location: location };

export const schemas = { Item: item };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/items/offset",
    operationId: "readItemsByOffset",
    tag,
    summary: "Read a page by its offset",
    description:
      "The items, the total, and a cursor to read on with. `Server-Timing` says what the items have cost, and what the total. `list=mine` takes a session.",
    session: "optional",
    query: offsetQuery,
    answers: {
      200: { description: "The page.", headers: serverTiming, content: json(offsetPage) },
    },
    problems: [invalidParameter, ...ofMine, ...limited],
  },
  {
    method: "get",
    path: "/api/items/cursor",
    operationId: "readItemsByCursor",
    tag,
    summary: "Read a page by a cursor",
    description:
      "Without one: the first page. A cursor is followed as it is, with the same sort, direction, category and list. `Link` has the pages beside this one. `list=mine` takes a session.",
    session: "optional",
    query: cursorQuery,
    answers: {
      200: {
        description: "The page.",
        headers: { Link: link.optional(), ...serverTiming },
        content: json(cursorPage),
      },
    },
    problems: [invalidParameter, invalidCursor, ...ofMine, ...limited],
  },
  {
    method: "get",
    path: "/api/items/plan",
    operationId: "explainPage",
    tag,
    summary: "Explain what a page costs",
    description:
      "EXPLAIN (ANALYZE, BUFFERS) of the statement behind a page of the catalogue: its time, the rows and buffers it has touched, and the plan as a tree.",
    session: "none",
    query: planQuery,
    answers: { 200: { description: "The plan.", content: json(explained) } },
    problems: [invalidParameter, ...limited],
  },
  {
    method: "put",
    path: "/api/items/mine",
    operationId: "ensureOwnList",
    tag,
    summary: "Have a list of one's own",
    description: "500 rows, read as `list=mine`; the one that is there stays.",
    session: "required",
    counted: true,
    answers: {
      200: { description: "There is one.", content: json(ownList) },
      201: { description: "It was made.", headers: made, content: json(ownList) },
    },
    problems: [],
  },
  {
    method: "post",
    path: "/api/items/mine",
    operationId: "replaceOwnList",
    tag,
    summary: "Make another list in its place",
    description: "Cursors into the old one are refused from now on.",
    session: "required",
    counted: true,
    answers: { 201: { description: "It was made.", headers: made, content: json(ownList) } },
    problems: [],
  },
  {
    method: "post",
    path: "/api/items/mine/churn",
    operationId: "churnOwnList",
    tag,
    summary: "Write to one's own list",
    description: "While somebody reads it. All writes of a request are one transaction.",
    session: "required",
    counted: true,
    body: json(churnRequest),
    answers: { 200: { description: "What each write has done.", content: json(churned) } },
    problems: [...invalidJson, notFound],
  },
  {
    method: "get",
    path: "/api/items/mine/truth",
    operationId: "readWholeOwnList",
    tag,
    summary: "Read one's whole list, as of now",
    description: "In one statement, and so of one snapshot.",
    session: "required",
    query: truthQuery,
    answers: { 200: { description: "Every row, in that order.", content: json(truth) } },
    problems: [invalidParameter, notFound],
  },
];
