import { createStore } from "@/components/store";
import { parsed } from "@/components/wire-client";
import {
  cursorPage,
  type Direction,
  type Item,
  offsetPage,
  ownList,
  pageLimits,
  type Sort,
  truth,
} from "../../contract";
import type { Api } from "./api";
import { comparator, type Score, score } from "./score";

const LIMIT = pageLimits.limit.default;
export const lanes = ["offset", "cursor"] as const;
export type Lane = (typeof lanes)[number];

const nothing: Score = { entries: [], duplicates: 0, skips: 0 };

export interface ReadingState {
  sort: Sort;
  direction: Direction;
  busy: boolean;
  /** Pages asked for so far. */
  pages: number;
  scores: Record<Lane, Score>;
  done: Record<Lane, boolean>;
  /** Rows that have been there since the reading began. */
  throughout: number;
  /** Rows that are there now. */
  present: number;
  /** The last row that the cursor's reader has got: the one its cursor was made of. */
  cursorRow: string | null;
  problem: string | null;
}

export const initialReading: ReadingState = {
  sort: "time",
  direction: "desc",
  busy: false,
  pages: 0,
  scores: { offset: nothing, cursor: nothing },
  done: { offset: false, cursor: false },
  throughout: 0,
  present: 0,
  cursorRow: null,
  problem: null,
};

/**
 * Reads one list in both ways at once, page by page, and scores each against the truth. One request
 * after the other: the truth is always later than the pages it is held against.
 */
export function createReading(api: Api) {
  const store = createStore(initialReading);
  let atStart: Item[] = [];
  let rows: Record<Lane, Item[]> = { offset: [], cursor: [] };
  let cursor: string | null = null;
  /** A reading begun anew lets the answers to the old one fall. */
  let life = 0;

  const order = () => {
    const { sort, direction } = store.get();
    return { sort, direction };
  };
  const readTruth = async () => {
    const params = { query: order() };
    return (await parsed(truth, api.GET("/api/items/mine/truth", { params }))).items;
  };
  /** PUT: the list, where there is none yet. POST: another one. */
  const makeList = (method: "PUT" | "POST") =>
    parsed(ownList, method === "PUT" ? api.PUT("/api/items/mine") : api.POST("/api/items/mine"));

  async function readOffset(): Promise<boolean> {
    const { length } = rows.offset;
    const query = {
      ...{ list: "mine" as const, offset: length, limit: LIMIT },
      ...{ ...order(), total: "none" as const },
    };
    const { items } = await parsed(offsetPage, api.GET("/api/items/offset", { params: { query } }));
    rows.offset = [...rows.offset, ...items];
    return items.length < LIMIT;
  }

  async function readCursor(): Promise<boolean> {
    const query = {
      ...{ list: "mine" as const, limit: LIMIT, ...order() },
      ...(cursor !== null && { cursor }),
    };
    const page = await parsed(cursorPage, api.GET("/api/items/cursor", { params: { query } }));
    const { items, next_cursor } = page;
    rows.cursor = [...rows.cursor, ...items];
    cursor = next_cursor;
    return next_cursor === null;
  }

  /** Runs one step at a time; what a step fails with is shown. */
  async function step(work: () => Promise<void>): Promise<void> {
    if (store.get().busy) return;
    const own = life;
    store.set({ busy: true, problem: null });
    try {
      await work();
    } catch (error) {
      if (own === life) store.set({ problem: (error as Error).message });
    } finally {
      if (own === life) store.set({ busy: false });
    }
  }

  async function readPage(): Promise<void> {
    const own = life;
    const { done, pages, sort, direction } = store.get();
    const [offset, byCursor] = await Promise.all([
      done.offset || readOffset(),
      done.cursor || readCursor(),
    ]);
    const now = await readTruth();
    if (own !== life) return;
    const ended = { offset, cursor: byCursor };
    const compare = comparator(sort, direction);
    const scoreOf = (lane: Lane) => score(rows[lane], atStart, now, { compare, done: ended[lane] });
    const present = new Set(now.map(({ id }) => id));
    store.set({
      done: ended,
      pages: pages + 1,
      scores: { offset: scoreOf("offset"), cursor: scoreOf("cursor") },
      throughout: atStart.filter(({ id }) => present.has(id)).length,
      present: now.length,
      cursorRow: rows.cursor.at(-1)?.id ?? null,
    });
  }

  function restart(change: Partial<ReadingState>, method: "PUT" | "POST"): Promise<void> {
    life++;
    rows = { offset: [], cursor: [] };
    cursor = null;
    const { sort, direction } = store.get();
    store.set({ ...initialReading, sort, direction, ...change });
    return step(async () => {
      await makeList(method);
      atStart = await readTruth();
      await readPage();
    });
  }

  return {
    store,
    /** From the top, in this order. */
    restart: (change: Partial<Pick<ReadingState, "sort" | "direction">> = {}) =>
      restart(change, "PUT"),
    /** From the top of a new list. */
    renew: () => restart({}, "POST"),
    /** The next page of both. */
    more: () => {
      const { done, pages } = store.get();
      return pages === 0 || (done.offset && done.cursor) ? Promise.resolve() : step(readPage);
    },
    close: () => {
      life++;
    },
  };
}

export type ListReading = ReturnType<typeof createReading>;
