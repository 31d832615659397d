import { A, B, expect } from "../../fixtures";
import { articles } from "./articles";
import { chat } from "./chat";
import { events } from "./events";
import { jobs } from "./jobs";
import { limits } from "./limits";
import { pages } from "./pages";
import { realtime } from "./realtime";
import { pause, type Slice } from "./slice";
import { tokens } from "./tokens";
import { uploads } from "./uploads";

/** Load on every slice, from clients of both instances. */
export interface Load {
  /** Waits until every slice has had something acknowledged from now on. */
  flows(): Promise<void>;
  /** Ends the load, and compares every book with the server. */
  check(): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  slice: Slice;
  acknowledged: number;
  failure: Error | undefined;
  over: Promise<void>;
}

/** @param forgets whether Redis will be killed, which forgets what it has in memory */
export async function startLoad({ forgets = false } = {}): Promise<Load> {
  const makers = [jobs, chat, events, tokens, uploads, pages, realtime, articles];
  const slices = [await limits(forgets)];
  for (const make of makers) slices.push(await make());
  let stopped = false;

  const running = slices.map((slice) => {
    const one: Running = { slice, acknowledged: 0, failure: undefined, over: Promise.resolve() };
    one.over = run(one).catch((error) => {
      one.failure = error;
    });
    return one;
  });

  async function run(one: Running): Promise<void> {
    const { slice } = one;
    // What was under way at the end is seen through: the book must not lack what is in the table.
    for (let turn = 0, done = true; !stopped || !done; turn++) {
      done = await slice.turn(turn % 2 ? A : B);
      if (done) one.acknowledged++;
      await pause(slice.paceMs);
    }
  }

  /** By name, so that a failure says which. */
  const failures = () => running.filter(({ failure }) => failure).map(textOf);
  const textOf = ({ slice, failure }: Running) => `${slice.name}: ${failure}`;

  return {
    async flows() {
      const before = running.map(({ acknowledged }) => acknowledged);
      const waiting = () =>
        running
          .filter(({ acknowledged, failure }, n) => !failure && acknowledged === before[n])
          .map(({ slice }) => slice.name);
      await expect.poll(waiting, { timeout: 90_000, intervals: [100] }).toEqual([]);
      expect(failures()).toEqual([]);
    },
    async check() {
      stopped = true;
      await Promise.all(running.map(({ over }) => over));
      expect(failures()).toEqual([]);
      for (const { slice } of running) await slice.check();
    },
    async close() {
      stopped = true;
      for (const { slice } of running) slice.close?.();
    },
  };
}
