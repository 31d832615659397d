import { createStore } from "@/components/store";
import type { Version } from "../../contract";
import { type Asked, askFor, type Exchange, type Send, type Way, ways } from "./exchange";
import { shownArticle } from "./shown-article";

export const operations = ["one", "list", "post"] as const;
export type Operation = (typeof operations)[number];

export interface WaysView {
  version: Version;
  operation: Operation;
  exchanges: Partial<Record<Way, Exchange>>;
  /** The same article in both versions, as it came: for the diff. */
  bodies: Partial<Record<Version, string>>;
  /** A request of the reader's own making. */
  own: Exchange | null;
  problem: string | null;
}
export const initialWays: WaysView = {
  version: 1,
  operation: "one",
  exchanges: {},
  bodies: {},
  own: null,
  problem: null,
};

/** The same thing to say, in the words of each version. */
const drafts = {
  1: { title: "Posted from the page", tags: "versioning,http", body: "Three ways, one core." },
  2: {
    title: "Posted from the page",
    language: "en",
    tags: ["versioning", "http"],
    body: "Three ways, one core.",
  },
} satisfies Record<Version, object>;

export function requestFor({ version, operation }: WaysView, way: Way): Asked {
  if (operation === "post") return askFor(version, way, "/articles", drafts[version]);
  return askFor(version, way, operation === "one" ? `/articles/${shownArticle}` : "/articles");
}

/** Sends one request in three forms, and any other that the reader makes up. */
export function createThreeWays(send: Send) {
  const store = createStore(initialWays);

  async function guarded(work: () => Promise<Partial<WaysView>>): Promise<void> {
    try {
      store.set({ problem: null, ...(await work()) });
    } catch (error) {
      store.set({ problem: `No answer: ${(error as Error).message}. Try again.` });
    }
  }

  const sendAll = () =>
    guarded(async () => {
      const view = store.get();
      const all = await Promise.all(ways.map((way) => send(requestFor(view, way))));
      // Another choice was made in the meantime: these are the answers to the one before.
      const { version, operation } = store.get();
      if (version !== view.version || operation !== view.operation) return {};
      return { exchanges: Object.fromEntries(ways.map((way, index) => [way, all[index]])) };
    });

  /** What only reads is sent at once; what writes waits to be told. */
  function choose(change: Partial<Pick<WaysView, "version" | "operation">>): void {
    store.set({ ...change, exchanges: {} });
    if (store.get().operation !== "post") void sendAll();
  }

  return {
    store,
    sendAll,
    choose,
    sendOwn: (asked: Asked) => guarded(async () => ({ own: await send(asked) })),
    loadBodies: () =>
      guarded(async () => {
        const bodyIn = async (version: Version) => {
          const { answered } = await send(askFor(version, "path", `/articles/${shownArticle}`));
          if (answered.status !== 200) throw new Error(`version ${version}: ${answered.status}`);
          return answered.body;
        };
        const [one, two] = await Promise.all([bodyIn(1), bodyIn(2)]);
        return { bodies: { 1: one, 2: two } };
      }),
  };
}

export type ThreeWays = ReturnType<typeof createThreeWays>;
