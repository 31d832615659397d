import { createStore } from "@/components/store";
import { parsed } from "@/components/wire-client";
import {
  cursorPage,
  type Explained,
  explained,
  type Item,
  offsetPage,
  pageLimits,
  type Sort,
} from "../../contract";
import type { Api } from "./api";
import type { Lane } from "./reading";

export const PAGE = pageLimits.limit.default;
const SWEEP = [0, 1_000, 10_000, 100_000, 500_000, 900_000];

export interface Measured extends Explained {
  way: Lane;
  depth: number;
}

export interface DepthState {
  sort: Sort;
  busy: boolean;
  /** Rows before the page that is shown. */
  depth: number;
  /** How it was come by. */
  by: Lane;
  items: Item[];
  next: string | null;
  prev: string | null;
  /** All measurements of this order, oldest first. */
  measured: Measured[];
  problem: string | null;
}

export const initialDepth: DepthState = {
  sort: "time",
  busy: false,
  depth: 0,
  by: "cursor",
  items: [],
  next: null,
  prev: null,
  measured: [],
  problem: null,
};

/** Walks through the catalogue, and has each page explained in both ways. */
export function createDepth(api: Api) {
  const store = createStore(initialDepth);

  async function step(work: () => Promise<void>): Promise<void> {
    if (store.get().busy) return;
    store.set({ busy: true, problem: null });
    try {
      await work();
    } catch (error) {
      store.set({ problem: (error as Error).message });
    } finally {
      store.set({ busy: false });
    }
  }

  async function explain(depth: number): Promise<void> {
    for (const way of ["cursor", "offset"] as const) {
      const query = { way, depth, sort: store.get().sort };
      const plan = await parsed(explained, api.GET("/api/items/plan", { params: { query } }));
      const measured: Measured = { ...plan, way, depth };
      store.set({ measured: [...store.get().measured, measured].slice(-200) });
    }
  }

  async function follow(cursor: string | null, depth: number): Promise<void> {
    const query = { limit: PAGE, sort: store.get().sort, ...(cursor !== null && { cursor }) };
    const page = await parsed(cursorPage, api.GET("/api/items/cursor", { params: { query } }));
    const { items, next_cursor: next, prev_cursor: prev } = page;
    store.set({ by: "cursor", depth, items, next, prev });
    await explain(depth);
  }

  return {
    store,
    first: () => step(() => follow(null, 0)),
    next: () => step(() => follow(store.get().next, store.get().depth + PAGE)),
    prev: () => step(() => follow(store.get().prev, Math.max(0, store.get().depth - PAGE))),
    /** To a page by its number, which only an offset can. */
    jump: (page: number) =>
      step(async () => {
        const depth = (page - 1) * PAGE;
        const query = {
          ...{ offset: depth, limit: PAGE, sort: store.get().sort },
          total: "none" as const,
        };
        const call = api.GET("/api/items/offset", { params: { query } });
        const { items, next_cursor: next } = await parsed(offsetPage, call);
        store.set({ by: "offset", depth, items, next, prev: null });
        await explain(depth);
      }),
    /** Both ways at six depths. */
    sweep: () =>
      step(async () => {
        for (const depth of SWEEP) await explain(depth);
      }),
    setSort(sort: Sort): Promise<void> {
      if (store.get().busy) return Promise.resolve();
      store.set({ ...initialDepth, sort });
      return step(() => follow(null, 0));
    },
  };
}

export type Depth = ReturnType<typeof createDepth>;
