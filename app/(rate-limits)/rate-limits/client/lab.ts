import { Instances } from "@/app/api/instances/contract";
import { problemSchema } from "@/lib/problem";
import {
  type AlgorithmName,
  algorithmNames,
  type Fault,
  type LimitState,
  limitState,
  type Store,
  type WhenDown,
  whenDown,
} from "../../contract";
import { ask, type Outcome, type Shot } from "./ask";
import { nothingYet, type Obedience, obey } from "./honest";
import { createValue } from "./store";

/** A state of the server, and when this page learnt of it. */
export interface Seen extends LimitState {
  seenAt: number;
}
export interface Fired extends Outcome {
  id: number;
  algorithm: AlgorithmName;
}
export interface Settings {
  algorithm: AlgorithmName | "all";
  store: "redis" | "memory";
  count: number;
  /** 0: at once. */
  perSecond: number;
  weight: number;
}
/** Admitted by each instance, by name. */
export type Admitted = Record<string, number>;

export interface View {
  instance: string | null;
  others: { name: string; origin: string }[];
  canPull: boolean;
  settings: Settings;
  seen: Partial<Record<AlgorithmName, Seen>>;
  fired: readonly Fired[];
  busy: "cannon" | "both" | "honesty" | null;
  both: { memory: Admitted; redis: Admitted; sent: number } | null;
  plug: { fault: Fault; endsAt: number } | null;
  down: Partial<Record<WhenDown, Outcome>>;
  /** From the end of the fault to the first decision by Redis. */
  backAfterMs: number | null;
  honesty: { algorithm: AlgorithmName; weight: number; redis: Obedience; stock: Obedience } | null;
  problem: string;
}

export const initialView: View = {
  instance: null,
  others: [],
  canPull: false,
  settings: { algorithm: "all", store: "redis", count: 15, perSecond: 0, weight: 1 },
  seen: {},
  fired: [],
  busy: null,
  both: null,
  plug: null,
  down: {},
  backAfterMs: null,
  honesty: null,
  problem: "",
};

const LOOK_MS = 1_000;
const KEEP_SHOTS = 120;
const EACH_OF_BOTH = 20;
const RUN_MS = 25_000;
const PLUG_SECONDS = 15;

interface Options {
  ensureSession: () => Promise<unknown>;
  onFrame: (direction: "in" | "out", label: string, body: string) => void;
}

/** What the page does to the server, and what it has seen of it. */
export function createLab({ ensureSession, onFrame }: Options) {
  const value = createValue<View>(initialView);
  const { get, set } = value;
  const closed = new AbortController();
  let nextId = 1;

  const sleep = async (ms: number): Promise<void> => {
    const end = performance.now() + ms;
    // Timers may fire a little early; whoever obeys to the millisecond must not.
    while (!closed.signal.aborted && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, end - performance.now())));
  };

  async function begin(): Promise<void> {
    await ensureSession();
    const response = await fetch("/api/instances");
    const { self, controls, embedded, instances } = Instances.parse(await response.json());
    const others = instances
      .filter((one) => !one.self && one.alive)
      .map(({ name, url }) => ({ name, origin: alike(url) }));
    set({ instance: self, others, canPull: controls && embedded.includes("redis") });
    while (!closed.signal.aborted) {
      if (!document.hidden) await look();
      await sleep(LOOK_MS);
    }
  }

  /** Asks for the state of each algorithm; costs nothing. */
  async function look(): Promise<void> {
    const { store } = get().settings;
    await Promise.all(
      algorithmNames.map(async (name) => {
        const response = await fetch(`/api/limits/${name}/state?store=${store}`).catch(() => null);
        if (!response?.ok || get().settings.store !== store) return;
        const seen = { ...limitState.parse(await response.json()), seenAt: performance.now() };
        set({ seen: { ...get().seen, [name]: seen } });
      }),
    );
  }

  async function fire(origin: string, shot: Shot): Promise<Outcome> {
    const outcome = await ask(origin, shot, onFrame);
    const fired = { ...outcome, id: nextId++, algorithm: shot.algorithm };
    set({ fired: [...get().fired, fired].slice(-KEEP_SHOTS) });
    return outcome;
  }

  async function exclusively(what: NonNullable<View["busy"]>, work: () => Promise<void>) {
    if (get().busy) return;
    set({ busy: what, problem: "" });
    try {
      await work();
    } catch (error) {
      set({ problem: `That did not work: ${(error as Error).message}. Reload the page.` });
    } finally {
      set({ busy: null });
    }
  }

  const cannon = () =>
    exclusively("cannon", async () => {
      const { algorithm, store, count, perSecond, weight } = get().settings;
      const targets = algorithm === "all" ? algorithmNames : [algorithm];
      const shots: Promise<unknown>[] = [];
      for (let i = 0; i < count && !closed.signal.aborted; i++) {
        shots.push(...targets.map((name) => fire("", { algorithm: name, store, weight })));
        if (perSecond === 0) continue;
        void look();
        await sleep(1_000 / perSecond);
      }
      await Promise.all(shots);
      await look();
    });

  /** The same number at this instance and at another, in a window of the clock that nobody has used. */
  const fireAtBoth = () =>
    exclusively("both", async () => {
      const [other] = get().others;
      if (!other) return;
      set({ both: null });
      await look();
      const { now = Date.now(), windowMs = 10_000 } = get().seen["fixed-window"] ?? {};
      // Both clocks are this machine's, or near it: a little into the window, for all of them.
      await sleep(windowMs - (now % windowMs) + 300);
      const count = async (store: Store): Promise<Admitted> => {
        const admitted: Admitted = { [get().instance ?? "?"]: 0, [other.name]: 0 };
        const shot: Shot = { algorithm: "fixed-window", store, down: "closed" };
        const outcomes = await Promise.all(
          Array.from({ length: 2 * EACH_OF_BOTH }, (_, i) => fire(i % 2 ? other.origin : "", shot)),
        );
        for (const { status, instance = "?" } of outcomes)
          if (status === 200) admitted[instance] = (admitted[instance] ?? 0) + 1;
        return admitted;
      };
      const [memory, redis] = await Promise.all([count("memory"), count("redis")]);
      set({ both: { memory, redis, sent: 2 * EACH_OF_BOTH } });
      await look();
    });

  const runHonesty = (algorithm: AlgorithmName, weight: number) =>
    exclusively("honesty", async () => {
      const start = { algorithm, weight, redis: nothingYet, stock: nothingYet };
      set({ honesty: start });
      const untilMs = performance.now() + RUN_MS;
      const lane = async (store: "redis" | "stock") => {
        const onChange = (seen: Obedience) =>
          set({ honesty: { ...(get().honesty ?? start), [store]: seen } });
        await obey({
          send: () => fire("", { algorithm, store, weight }),
          sleep,
          now: () => (closed.signal.aborted ? Number.POSITIVE_INFINITY : performance.now()),
          untilMs,
          onChange,
        });
      };
      await Promise.all([lane("redis"), lane("stock")]);
    });

  async function pull(fault: Fault): Promise<void> {
    const response = await fetch("/api/limits/plug", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ fault, seconds: PLUG_SECONDS }),
    });
    if (!response.ok)
      return set({
        problem: problemSchema.parse(await response.json()).detail ?? "It was refused.",
      });
    const endsAt = performance.now() + PLUG_SECONDS * 1_000;
    set({ plug: { fault, endsAt }, down: {}, backAfterMs: null, problem: "" });
    while (!closed.signal.aborted && get().backAfterMs === null) {
      await Promise.all(
        whenDown.options.map(async (down) => {
          const outcome = await fire("", { algorithm: "token-bucket", store: "redis", down });
          set({ down: { ...get().down, [down]: outcome } });
        }),
      );
      const back = Object.values(get().down).every(({ decidedBy }) => decidedBy === "redis");
      if (back && performance.now() > endsAt) set({ backAfterMs: performance.now() - endsAt });
      else await sleep(1_000);
    }
    set({ plug: null });
  }

  begin().catch((error: Error) => set({ problem: `Nothing answers: ${error.message}. Reload.` }));
  return {
    view: get,
    subscribe: value.subscribe,
    change: (settings: Partial<Settings>) => {
      set({ settings: { ...get().settings, ...settings }, ...(settings.store && { seen: {} }) });
      if (settings.store) void look();
    },
    cannon,
    fireAtBoth,
    runHonesty,
    pull,
    close: () => closed.abort(),
  };
}

/** The page may be open at 127.0.0.1 and know the others by localhost: the cookie belongs to one name. */
function alike(url: string): string {
  const other = new URL(url);
  const local = ["localhost", "127.0.0.1"];
  if (local.includes(other.hostname) && local.includes(location.hostname))
    other.hostname = location.hostname;
  return other.origin;
}

export type Lab = ReturnType<typeof createLab>;
