import { bus } from "@/lib/bus";
import { lifecycle } from "@/lib/lifecycle";
import { logger } from "@/lib/logger";
import { CHANNEL, producers, startProducer } from "./producer";
import { renewLeases, takeOver } from "./rows";

/** How often a process shows life, and looks for those that show none. */
const ROUND_MS = 800;

/**
 * What each instance does for completions, whoever asked for them: shows life for its own, obeys
 * stops, and goes on with those of an instance that died.
 * @returns hands everything over, at once, to the instances that remain
 */
export function serveCompletions(): () => Promise<void> {
  const unsubscribe = bus().subscribe(CHANNEL, (message) => {
    const [, id] = /^stop (\S+)$/.exec(message) ?? [];
    if (id) producers().get(id)?.order("stop");
    else void round();
  });
  const timer = setInterval(() => void round(), ROUND_MS);
  let ended = false;
  let running = false;

  async function round(): Promise<void> {
    if (running || ended) return;
    running = true;
    try {
      await showLife();
      if (lifecycle().phase === "ready") for (const row of await takeOver()) startProducer(row);
    } catch (err) {
      logger().warn({ err }, "completions could not be looked after; the next round tries again");
    } finally {
      running = false;
    }
  }

  return async () => {
    ended = true;
    clearInterval(timer);
    unsubscribe();
    const all = [...producers().values()];
    for (const producer of all) producer.order("hand over");
    await Promise.all(all.map(({ over }) => over));
  };
}

async function showLife(): Promise<void> {
  const mine = [...producers()];
  if (mine.length === 0) return;
  const renewed = new Map((await renewLeases(mine.map(([id]) => id))).map((row) => [row.id, row]));
  for (const [id, producer] of mine) {
    const row = renewed.get(id);
    if (row?.epoch !== producer.epoch) producer.order("lost");
    else if (row.stopRequested) producer.order("stop");
  }
}
