import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";

/** What the two ways of reading allow. Whoever passes a limit is told which. */
export const pageLimits = {
  limit: { min: 1, max: 100, default: 20 },
  /** The catalogue has a million rows; what lies beyond is no page of it. */
  offset: 1_000_000,
  /** Characters of a cursor. Ours have about a hundred; what is longer is refused unread. */
  cursorLength: 512,
  /** What may be slow (offset, totals, plans) is given up after this long … */
  statementMs: 5_000,
  /** … and holds at most this many connections of an instance. */
  deepConnections: 2,
} as const;

export const listLimits = {
  /** Rows of a new list. */
  rows: 500,
  /** Beyond it, inserts are refused. */
  maxRows: 2_000,
  /** Of one request. */
  writes: 20,
  /** Writing requests of a visitor, on each instance. */
  requests: { limit: 10, windowMs: 2_000 },
  /** A list that nobody has written to for so long is taken away, and the oldest beyond so many. */
  idleHours: 24,
  lists: 500,
} as const;

export const sorts = ["time", "price", "title"] as const;
export const sort = z.enum(sorts);
export type Sort = z.infer<typeof sort>;

export const direction = z.enum(["asc", "desc"]);
export type Direction = z.infer<typeof direction>;

export const category = z.enum([
  "books",
  "garden",
  "kitchen",
  "lighting",
  "music",
  "office",
  "textiles",
  "tools",
]);
export type Category = z.infer<typeof category>;

/** `catalogue`: the million rows, for everybody. `mine`: the visitor's own, see POST mine. */
export const listName = z.enum(["catalogue", "mine"]);
export type ListName = z.infer<typeof listName>;

export const item = z.object({
  /** Decimal digits: a 64-bit number, which JavaScript's have no room for. */
  id: z.string().regex(/^\d+$/),
  /** UTC, with all six digits of the microseconds. */
  created_at: z.iso.datetime({ precision: 6 }),
  category,
  /** In cents. */
  price: z.number().int(),
  /** Ordered by code point: `Z` before `a`, `É` after both. */
  title: z.string(),
});
export type Item = z.infer<typeof item>;

// HTTP: the query of a page. A parameter that is not listed is refused, since a misspelt `offset`
// would answer the first page for ever.

const { limit } = pageLimits;
const page = {
  list: listName.default("catalogue"),
  limit: wholeNumber(limit.min, limit.max).default(limit.default),
  sort: sort.default("time"),
  /** Of the order. Which way a cursor reads on from its row is in the cursor. */
  direction: direction.default("desc"),
  category: category.optional(),
};

/** `GET /api/items/offset`. */
export const offsetQuery = z.strictObject({
  ...page,
  offset: wholeNumber(0, pageLimits.offset).default(0),
  /** `exact` counts every row, `estimated` asks the planner, `none` saves both. */
  total: z.enum(["exact", "estimated", "none"]).default("exact"),
});
export type OffsetQuery = z.infer<typeof offsetQuery>;

export const offsetPage = z.object({
  items: z.array(item),
  offset: z.number().int(),
  total: z.number().int().nullable(),
  /** From the last row on by cursor: jump once, then read on at the price of a page. */
  next_cursor: z.string().nullable(),
});
export type OffsetPage = z.infer<typeof offsetPage>;

/** `GET /api/items/cursor`. Without a cursor: the first page. */
export const cursorQuery = z.strictObject({ ...page, cursor: z.string().optional() });
export type CursorQuery = z.infer<typeof cursorQuery>;

/** The cursors are those of the `Link` header. Null: there is nothing that way. */
export const cursorPage = z.object({
  items: z.array(item),
  next_cursor: z.string().nullable(),
  prev_cursor: z.string().nullable(),
});
export type CursorPage = z.infer<typeof cursorPage>;

/** `GET /api/items/plan`: the page that begins `depth` rows down the catalogue, explained. */
export const planQuery = z.strictObject({
  way: z.enum(["offset", "cursor"]),
  depth: wholeNumber(0, pageLimits.offset).default(0),
  limit: page.limit,
  sort: page.sort,
  direction: page.direction,
  category: page.category,
});
export type PlanQuery = z.infer<typeof planQuery>;

/** A node of the plan, in Postgres' words. */
const planNode = z.object({
  node: z.string(),
  index: z.string().nullable(),
  /** What the index is searched for: rows that do not meet it are never touched. */
  condition: z.string().nullable(),
  /** What is looked at row by row. */
  filter: z.string().nullable(),
  /** Rows it has handed up. */
  rows: z.number(),
  /** Pages of 8 KiB it has touched, its children's included. */
  buffers: z.number(),
  get children(): z.ZodArray<typeof planNode> {
    return z.array(planNode);
  },
});
export type PlanNode = z.infer<typeof planNode>;

export const explained = z.object({
  sql: z.string(),
  ms: z.number(),
  /** Rows that the scan has read to hand out the page. */
  rowsScanned: z.number(),
  buffers: z.number(),
  plan: planNode,
});
export type Explained = z.infer<typeof explained>;

/** `PUT /api/items/mine`: 201, or 200 where it is there. `POST`: 201, another one in its place. */
export const ownList = z.object({ rows: z.number().int() });

/** `GET /api/items/mine/truth`: every row that is there now, in the order asked for. */
export const truthQuery = z.strictObject({ sort: page.sort, direction: page.direction });
export const truth = z.object({ items: z.array(item) });

const itemId = z.string().regex(/^\d{1,18}$/, "must be the id of an item");

/** One write. Without an id, delete and tie take a random row. */
export const write = z.discriminatedUnion("kind", [
  /** A row of this very moment. */
  z.strictObject({ kind: z.literal("insert") }),
  /** A row with the time, price and title of another. */
  z.strictObject({ kind: z.literal("tie"), id: itemId.optional() }),
  /** A row with a time between the oldest and the newest. */
  z.strictObject({ kind: z.literal("back-date") }),
  z.strictObject({ kind: z.literal("delete"), id: itemId.optional() }),
]);
export type Write = z.infer<typeof write>;

/** `POST /api/items/mine/churn`: all of them in one transaction. */
export const churnRequest = z.strictObject({
  writes: z.array(write).min(1).max(listLimits.writes),
});
/** For each write the row it made or took away; null where there was none, or the list is full. */
export const churned = z.object({
  ids: z.array(z.string().nullable()),
  rows: z.number().int(),
});
