import type { createStore } from "@/components/store";
import { api } from "@/lib/api";
import { type AlgorithmName, type Fault, rateLimits, type Store, whenDown } from "../../contract";
import type { Outcome, Shot } from "./ask";
import { nothingYet, type Obedience, obey } from "./honest";
import type { Admitted, View } from "./view";

const EACH_OF_BOTH = 20;
const RUN_MS = 25_000;
/** Long enough for each route to be asked some times. */
export const PLUG_SECONDS = 10;

/** What the trials need of the lab. */
interface Bench {
  value: ReturnType<typeof createStore<View>>;
  /** One piece of work at a time: they would use up each other's quota. */
  exclusively: (what: NonNullable<View["busy"]>, work: () => Promise<void>) => Promise<void>;
  look: () => Promise<void>;
  fire: (origin: string, shot: Shot) => Promise<Outcome>;
  /** Sleeps at least so long. */
  sleep: (ms: number) => Promise<void>;
  signal: AbortSignal;
}

/** The page's three claims, to be tried. */
export function createTrials({ value, exclusively, look, fire, sleep, signal }: Bench) {
  const { get, set } = value;

  /** The same number at this instance and at another, in a window of the clock that nobody has used. */
  const fireAtBoth = () =>
    exclusively("both", async () => {
      const [other] = get().others;
      if (!other) return;
      set({ both: null });
      await look();
      const { now = Date.now() } = get().seen["fixed-window"] ?? {};
      const { windowMs } = rateLimits.playground;
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
          now: () => (signal.aborted ? Number.POSITIVE_INFINITY : performance.now()),
          untilMs,
          onChange,
        });
      };
      await Promise.all([lane("redis"), lane("stock")]);
    });

  async function pull(fault: Fault): Promise<void> {
    const body = { fault, seconds: PLUG_SECONDS };
    const { error } = await api.POST("/api/limits/plug", { body });
    if (error) return set({ problem: error.detail ?? "It was refused." });
    const endsAt = performance.now() + PLUG_SECONDS * 1_000;
    set({ plug: { fault, endsAt }, down: {}, backAfterMs: null, problem: "" });
    while (!signal.aborted && get().backAfterMs === null) {
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

  return { fireAtBoth, runHonesty, pull };
}
