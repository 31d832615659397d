import { type LaneName, laneNames, type Settings, type Stats } from "../../contract";
import { compare } from "./agreement";
import { createClock } from "./clock";
import type { Lane, LaneHost } from "./lane";
import { createLaneStats, type LaneStats } from "./lane-stats";
import { createLongPollLane } from "./long-poll";
import { createPollLane } from "./poll";
import { type Series, seriesOf } from "./series";
import { clockNow, commandSource, fetchStats } from "./server";
import { createSocketLane } from "./socket";
import { createSseLane } from "./sse";
import { each, initialView, noTraffic, type RunView } from "./view";

const STATS_MS = 1_000;
const TELL_MS = 250;
const STALL_MS = 5_000;
/** How long after a fault deliveries may still be late because of it, besides the poll's interval. */
const AFTERMATH_MS = 3_000;
/** What the slowest lane is given to arrive at the end of the stream, besides its interval. */
const SETTLE_MS = 8_000;
const LOOK_MS = 100;
const LOOKS_TO_ASK = 25;

export interface RunOptions {
  ensureSession(): Promise<void>;
  onFrame(direction: "in" | "out", label: string, body: string): void;
}

/** The comparison: four lanes on one stream, the source that feeds it, and what is measured. */
export function createRun({ ensureSession, onFrame }: RunOptions) {
  const listeners = new Set<() => void>();
  const clock = createClock();
  let view = initialView;
  let run = "";
  let beganAt = 0;
  let endedAt: number | undefined;
  /** Faults are at work until then. */
  let calmAt = 0;
  let measures: Record<LaneName, LaneStats> | null = null;
  let lanes: Lane[] = [];
  let last: Stats | null = null;
  let timers: ReturnType<typeof setInterval>[] = [];

  function set(change: Partial<RunView>): void {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }

  /** Draws what is known now. */
  function tell(): void {
    const known = measures;
    if (!known) return;
    const at = endedAt ?? clockNow();
    set({
      clock: clock.estimate(),
      seconds: (at - beganAt) / 1_000,
      lanes: each((name) => ({
        ...known[name].figures(at),
        traffic: last?.lanes[name] ?? noTraffic,
      })),
      agreement: compare(each((name) => known[name].chain)),
    });
  }

  async function measure(): Promise<Stats> {
    last = await fetchStats(run, clock, ensureSession);
    set({ instance: last.instance, source: last.source, problem: null });
    return last;
  }

  async function look(): Promise<void> {
    try {
      const { source } = await measure();
      if (view.phase === "running" && !source.running) await finish();
    } catch {
      set({ problem: "The instance does not answer. Trying again." });
    }
  }

  function hostOf(name: LaneName, measured: LaneStats): LaneHost {
    return {
      position: measured.position,
      entries: measured.entries,
      reset: measured.reset,
      status: measured.status,
      request: () => measured.count("requests"),
      empty: () => measured.count("empty"),
      lost: () => measured.count("lost"),
      wire: (direction, label, body) => onFrame(direction, `${name} ${label}`, body),
      ensureSession,
    };
  }

  function openLanes(begin: number): void {
    const offsetMs = () => clock.estimate()?.offsetMs ?? 0;
    const isDisturbed = () => view.hidden || clockNow() < calmAt;
    measures = each(() => createLaneStats({ begin, now: clockNow, offsetMs, isDisturbed }));
    const host = each((name) => hostOf(name, (measures as NonNullable<typeof measures>)[name]));
    lanes = [
      createSocketLane({ host: host.websocket, run }),
      createSseLane({ host: host.sse, run }),
      createLongPollLane({ host: host["long-poll"], run }),
      createPollLane({ host: host.poll, run, intervalMs: () => view.pollMs }),
    ];
    for (const lane of lanes) {
      lane.start();
      if (view.hidden) lane.hide(true);
    }
  }

  /** The source has ended: the lanes get what they have not got yet, and end. */
  async function finish(): Promise<void> {
    set({ phase: "ending", hidden: false });
    for (const lane of lanes) lane.hide(false);
    const until = Date.now() + SETTLE_MS + view.pollMs;
    try {
      const { head } = await measure();
      const behind = () => lanes.filter(({ name }) => (measures?.[name].position() ?? 0) < head);
      for (let look = 1; behind().length > 0 && Date.now() < until; look++) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        // A push that was lost as the very last is missed by nobody: asking again brings it.
        if (look % LOOKS_TO_ASK === 0) for (const lane of behind()) lane.drop();
      }
      await measure();
    } catch {
      set({ problem: "The instance does not answer." });
    }
    endedAt = clockNow();
    closeLanes();
    for (const name of laneNames) await measures?.[name].chain.settled();
    tell();
    set({ phase: "ended" });
  }

  function closeLanes(): void {
    for (const lane of lanes) lane.stop();
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  function fault(what: string, cause: (lane: Lane) => void, lastsMs = 0): void {
    if (view.phase !== "running") return;
    calmAt = Math.max(calmAt, clockNow() + lastsMs + AFTERMATH_MS + view.pollMs);
    set({ faults: [...view.faults, { atSeconds: (clockNow() - beganAt) / 1_000, what }] });
    for (const lane of lanes) cause(lane);
  }

  return {
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** What the plot shows: the slowest delivery of each half second, a column for each lane. */
    series(): Series {
      const known = measures;
      const columns = laneNames.map((name) => known?.[name].deliveries() ?? []);
      return seriesOf(columns, endedAt ?? clockNow());
    },

    async start(): Promise<void> {
      closeLanes();
      run = crypto.randomUUID();
      last = null;
      endedAt = undefined;
      calmAt = 0;
      set({ phase: "starting", problem: null, faults: [] });
      try {
        await ensureSession();
        const { head } = await measure();
        beganAt = clockNow();
        openLanes(head);
        const source = await commandSource({ action: "start", ...view.settings });
        timers = [setInterval(look, STATS_MS), setInterval(tell, TELL_MS)];
        set({ phase: "running", source });
      } catch (error) {
        closeLanes();
        set({ phase: "ended", problem: (error as Error).message });
      }
    },

    async stop(): Promise<void> {
      set({ phase: "ending" });
      await commandSource({ action: "stop" }).catch((error) => set({ problem: error.message }));
      await finish();
    },

    async change(settings: Settings): Promise<void> {
      set({ settings });
      if (view.phase !== "running") return;
      await commandSource({ action: "change", ...settings }).catch((error) =>
        set({ problem: error.message }),
      );
    },

    setPollMs: (pollMs: number) => set({ pollMs }),

    drop: () => fault("dropped the connections", (lane) => lane.drop()),
    loseNext: () => fault("lost the next answer", (lane) => lane.loseNext()),
    stall(): void {
      fault("stalled for 5 s", (lane) => lane.stall(STALL_MS), STALL_MS);
      set({ stalled: true });
      setTimeout(() => set({ stalled: false }), STALL_MS);
    },
    /** Called when the tab is hidden, and by the control that pretends it. */
    hide(hidden: boolean): void {
      if (hidden === view.hidden) return;
      fault(hidden ? "hid the tab" : "showed the tab", (lane) => lane.hide(hidden));
      set({ hidden });
    },

    /** The page goes: nothing stays behind. */
    close(): void {
      closeLanes();
      if (view.phase === "running") commandSource({ action: "stop" }).catch(() => undefined);
    },
  };
}

export type Run = ReturnType<typeof createRun>;
