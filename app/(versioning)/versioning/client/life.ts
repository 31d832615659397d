import { createStore } from "@/components/store";
import { CLOCK_HEADER, lifeCycles, mediaTypeOf } from "../../contract";
import { type Asked, askFor, type Exchange, type Send } from "./exchange";
import { shownArticle } from "./shown-article";

const DAY = 86_400_000;
const MARGIN_DAYS = 200;

/** Of version 1, which is the one with an end. */
export const { deprecation, sunset } = lifeCycles[1] as { deprecation: Date; sunset: Date };

/** The slider counts days from its left end, which is some time before the deprecation. */
export const lastDay =
  Math.round((sunset.getTime() - deprecation.getTime()) / DAY) + 2 * MARGIN_DAYS;
const begin = deprecation.getTime() - MARGIN_DAYS * DAY;
export const dateOf = (day: number) => new Date(begin + day * DAY);
export const dayOf = (date: Date) => Math.floor((date.getTime() - begin) / DAY);

export const lifeWays = ["path", "header", "accept", "either"] as const;
/** `either`: an Accept that would rather have version 1, and takes version 2. */
export type LifeWay = (typeof lifeWays)[number];

export interface LifeView {
  /** On the slider; null: the server's own clock. */
  day: number | null;
  way: LifeWay;
  exchange: Exchange | null;
  problem: string | null;
}
export const initialLife: LifeView = { day: null, way: "path", exchange: null, problem: null };

export function requestAt({ day, way }: Pick<LifeView, "day" | "way">): Asked {
  const resource = `/articles/${shownArticle}`;
  const asked =
    way === "either"
      ? {
          path: `/api${resource}`,
          headers: { Accept: `${mediaTypeOf(1)}, ${mediaTypeOf(2)};q=0.5` },
        }
      : askFor(1, way, resource);
  if (day === null) return asked;
  const clock = dateOf(day).toISOString().replace(".000Z", "Z");
  return { ...asked, headers: { ...asked.headers, [CLOCK_HEADER]: clock } };
}

/** Asks for version 1 at a time of the reader's choosing. The last choice wins. */
export function createLife(send: Send) {
  const store = createStore(initialLife);
  let pending = new AbortController();

  async function look(change: Partial<Pick<LifeView, "day" | "way">> = {}): Promise<void> {
    pending.abort();
    pending = new AbortController();
    const { signal } = pending;
    store.set(change);
    try {
      const exchange = await send(requestAt(store.get()), signal);
      store.set({ exchange, problem: null });
    } catch (error) {
      if (signal.aborted) return;
      store.set({ problem: `No answer: ${(error as Error).message}. Move the clock again.` });
    }
  }

  return { store, look, close: () => pending.abort() };
}

export type Life = ReturnType<typeof createLife>;
