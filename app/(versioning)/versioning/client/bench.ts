import { createStore } from "@/components/store";
import { VERSION_HEADER, type Version } from "../../contract";
import { createCache } from "./cache";
import type { Send } from "./exchange";
import { shownArticle } from "./shown-article";

/** What one client got from one of the caches. */
interface Got {
  from: "cache" | "origin";
  version: string;
  wrong: boolean;
}
interface Row {
  asked: Version;
  withVary: Got;
  without: Got;
}
export interface BenchView {
  rows: Row[];
  /** Answers that each cache holds. */
  held: { withVary: number; without: number };
  busy: boolean;
  problem: string | null;
}
export const initialBench: BenchView = {
  rows: [],
  held: { withVary: 0, without: 0 },
  busy: false,
  problem: null,
};

/** Clients of both versions, behind a cache that knows Vary and one that does not. */
export function createBench(send: Send) {
  const store = createStore(initialBench);
  const caches = {
    withVary: createCache(send, { vary: true }),
    without: createCache(send, { vary: false }),
  };
  const held = () => ({ withVary: caches.withVary.size(), without: caches.without.size() });

  async function askOf(name: keyof typeof caches, version: Version): Promise<Got> {
    const { answered, from } = await caches[name].ask({
      path: `/api/articles/${shownArticle}`,
      headers: { [VERSION_HEADER]: String(version) },
    });
    const got = answered.headers["x-api-version"] ?? "none";
    return { from, version: got, wrong: got !== String(version) };
  }

  return {
    store,
    /** One after the other: the order decides what the wrong cache hands out. */
    async ask(...versions: Version[]): Promise<void> {
      store.set({ busy: true, problem: null });
      try {
        for (const asked of versions) {
          const withVary = await askOf("withVary", asked);
          const without = await askOf("without", asked);
          const rows = [...store.get().rows, { asked, withVary, without }].slice(-12);
          store.set({ rows, held: held() });
        }
      } catch (error) {
        store.set({ problem: `No answer: ${(error as Error).message}. Try again.` });
      } finally {
        store.set({ busy: false });
      }
    },
    empty(): void {
      for (const cache of Object.values(caches)) cache.clear();
      store.set({ rows: [], held: held() });
    },
  };
}

export type Bench = ReturnType<typeof createBench>;
