import { createStore } from "@/components/store";
import { parsed, Refusal } from "@/components/wire-client";
import { churned, listLimits, type Write } from "../../contract";
import type { Api } from "./api";

const EVERY_MS = 500;
/** A writer that is forgotten ends. */
const LIFE_MS = 120_000;
export const maxRate = (listLimits.writes * 1_000) / EVERY_MS;

export interface WriterState {
  writing: boolean;
  /** Writes a second. */
  rate: number;
  /** Rows that were written, by what was done. */
  done: Record<Write["kind"], number>;
  problem: string | null;
}

export const initialWriter: WriterState = {
  writing: false,
  rate: 10,
  done: { insert: 0, tie: 0, "back-date": 0, delete: 0 },
  problem: null,
};

/** What is written: as many rows come as go, and often the one that the cursor was made of goes. */
export function chooseWrite(share: number, cursorRow: string | null): Write {
  if (share < 0.34) return { kind: "insert" };
  if (share < 0.42) return { kind: "tie" };
  if (share < 0.5) return { kind: "back-date" };
  if (share < 0.6 && cursorRow) return { kind: "delete", id: cursorRow };
  return { kind: "delete" };
}

/** Writes to the visitor's list, by real requests, for as long as this page wants and two minutes. */
export function createWriter(api: Api, cursorRow: () => string | null, random = Math.random) {
  const store = createStore(initialWriter);
  let timer: ReturnType<typeof setInterval> | undefined;
  let until = 0;
  let due = 0;
  let sending = false;

  function stop(problem: string | null = null): void {
    clearInterval(timer);
    timer = undefined;
    store.set({ writing: false, problem });
  }

  async function tick(): Promise<void> {
    if (Date.now() > until) return stop("The writer has ended by itself, after two minutes.");
    due = Math.min(listLimits.writes, due + (store.get().rate * EVERY_MS) / 1_000);
    const count = Math.floor(due);
    if (count === 0 || sending) return;
    due -= count;
    const writes = Array.from({ length: count }, () => chooseWrite(random(), cursorRow()));
    sending = true;
    try {
      const call = api.POST("/api/items/mine/churn", { body: { writes } });
      const { ids } = await parsed(churned, call);
      const done = { ...store.get().done };
      writes.forEach(({ kind }, n) => {
        if (ids[n]) done[kind]++;
      });
      store.set({ done });
    } catch (error) {
      // Too fast is no failure: the next tick is later.
      if (!(error instanceof Refusal && error.status === 429)) stop((error as Error).message);
    } finally {
      sending = false;
    }
  }

  return {
    store,
    start(): void {
      until = Date.now() + LIFE_MS;
      timer ??= setInterval(tick, EVERY_MS);
      store.set({ writing: true, problem: null });
    },
    stop: () => stop(),
    setRate: (rate: number) => store.set({ rate }),
    close: () => clearInterval(timer),
  };
}

export type Writer = ReturnType<typeof createWriter>;
