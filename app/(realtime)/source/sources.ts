import { HttpError } from "@/lib/http";
import type { Log } from "@/lib/log/log";
import { type EndReason, realtimeLimits, type Settings } from "../contract";
import { type Stored, streamOf } from "../entries";
import type { Audience } from "./audience";
import { apply, type Controlled, controlOf, never, type Word } from "./control";
import { createGenerator } from "./generator";

const LOOK_MS = 500;
const PRUNE_EVERY = 250;
/** Commands that are read to know a state: `changed` names the whole of it. */
const READ_BACK = 20;
/** A source that has been silent for two intervals and this long has died with its instance. */
const GRACE_MS = 3_000;

export interface SourcesOptions {
  log: Log;
  audience: Pick<Audience, "isWatched" | "touch">;
  clock(): number;
  isDraining(): boolean;
  onError(error: unknown): void;
}

interface Source {
  end: AbortController;
  /** Ends it for a reason of its own, and says so. */
  leave(reason: EndReason): Promise<void>;
}

/**
 * The sources of this process, and the commands for those of others. A command is an entry of the
 * log, and a source follows the commands of its own visitor: the last `started` runs, on whichever
 * instance it was said; the one before sees it and ends.
 */
export function createSources({ log, audience, clock, isDraining, onError }: SourcesOptions) {
  const running = new Map<string, Source>();

  const say = (userId: string, { type, ...data }: Word) =>
    log.append(controlOf(userId), type, data);

  async function start(userId: string, settings: Settings): Promise<void> {
    if (running.size >= realtimeLimits.sourcesPerInstance && !running.has(userId)) throw full();
    const { seq } = await say(userId, { type: "started", settings });
    await log.prune(controlOf(userId), seq - 1);
    audience.touch(userId);
    running.get(userId)?.end.abort();
    const end = new AbortController();
    const leave = async (reason: EndReason) => {
      if (end.signal.aborted) return;
      end.abort();
      await say(userId, { type: "stopped", run: seq, reason });
    };
    const source: Source = { end, leave };
    running.set(userId, source);
    operate(userId, seq, settings, source)
      .catch(onError)
      .finally(() => running.get(userId) === source && running.delete(userId));
  }

  /** Runs a source from its `started` until a later command, or a reason of its own, ends it. */
  async function operate(userId: string, run: number, first: Settings, source: Source) {
    const { end, leave } = source;
    const stream = streamOf(userId);
    const append = async (data: Stored) => {
      const appended = await log.append(stream, "tick", data);
      if (appended.seq % PRUNE_EVERY === 0)
        await log.prune(stream, appended.seq - realtimeLimits.keptEntries);
      return appended;
    };
    const generator = createGenerator({ append, clock, onError }, first);
    const until = clock() + realtimeLimits.sourceMinutes * 60_000;
    const look = setInterval(() => {
      if (isDraining()) leave("shutdown").catch(onError);
      else if (!audience.isWatched(userId)) leave("nobody watches").catch(onError);
      else if (clock() > until) leave("time is up").catch(onError);
    }, LOOK_MS);
    try {
      let state: Controlled = { ...never, run, running: true, settings: first };
      for await (const item of log.tail(controlOf(userId), run, end.signal)) {
        if (item.kind === "reset") continue;
        state = apply(state, item.entry);
        if (state.run !== run || !state.running || !state.settings) break;
        generator.change(state.settings);
      }
    } finally {
      clearInterval(look);
      generator.stop();
      end.abort();
    }
  }

  /** The state by the commands, and whether the source still shows signs of life. */
  async function state(userId: string): Promise<Controlled> {
    const { entries } = await log.readBefore(controlOf(userId), Number.MAX_SAFE_INTEGER, READ_BACK);
    const known = entries.reduce(apply, never);
    if (!known.running || running.has(userId)) return known;
    const ticks = await log.readBefore(streamOf(userId), Number.MAX_SAFE_INTEGER, 1);
    const sign = Math.max(...[entries.at(-1), ticks.entries[0]].map((e) => e?.at.getTime() ?? 0));
    const patience = 2_000 / (known.settings?.rate ?? 1) + GRACE_MS;
    return { ...known, running: clock() - sign < patience };
  }

  return {
    start,
    state,
    /** @throws HttpError 409 where none runs */
    async change(userId: string, settings: Settings): Promise<void> {
      const { run, running } = await state(userId);
      if (!running) throw new HttpError(409, "not-running", "No source runs. Start one.");
      await say(userId, { type: "changed", run, settings });
    },
    async stop(userId: string): Promise<void> {
      const { run, running } = await state(userId);
      if (running) await say(userId, { type: "stopped", run, reason: "asked" });
    },
    count: () => running.size,
    /** Ends them all, and says so: the other instances, and the pages, need not find out by silence. */
    async close(): Promise<void> {
      const ends = [...running.values()];
      running.clear();
      await Promise.all(ends.map(({ leave }) => leave("shutdown")));
    },
  };
}

function full(): HttpError {
  const detail = "As many sources as this instance takes are running. Try again later.";
  return new HttpError(503, "too-many-sources", detail, { headers: { "retry-after": "30" } });
}
