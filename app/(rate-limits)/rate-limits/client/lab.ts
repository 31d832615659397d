import { Instances } from "@/app/api/instances/contract";
import { createStore } from "@/components/store";
import { api } from "@/lib/api";
import { type AlgorithmName, algorithmNames, limitState, type Store } from "../../contract";
import { ask, type Outcome, type Shot } from "./ask";
import { createTrials } from "./trials";
import { initialView, type Settings, type View } from "./view";

const LOOK_MS = 1_000;
const KEEP_SHOTS = 120;

interface Options {
  ensureSession: () => Promise<unknown>;
  onFrame: (direction: "in" | "out", label: string, body: string) => void;
}

/** What the page does to the server, and what it has seen of it. */
export function createLab({ ensureSession, onFrame }: Options) {
  const value = createStore<View>(initialView);
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
    const { data } = await api.GET("/api/instances");
    const { self, controls, embedded, instances } = Instances.parse(data);
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
        const params = { path: { algorithm: name }, query: { store } };
        const answer = await api.GET("/api/limits/{algorithm}/state", { params }).catch(() => null);
        if (answer?.data) keep(name, store, limitState.parse(answer.data));
      }),
    );
  }

  /** Answers overtake each other: an older state never replaces a younger one. */
  function keep(name: AlgorithmName, store: Store, found: Outcome["seen"]): void {
    const before = get().seen[name];
    if (!found || store !== get().settings.store || (before && before.now > found.now)) return;
    const { now, state } = found;
    set({ seen: { ...get().seen, [name]: { now, state, seenAt: performance.now() } } });
  }

  async function fire(origin: string, shot: Shot): Promise<Outcome> {
    const outcome = await ask(origin, shot, onFrame);
    if (origin === "") keep(shot.algorithm, shot.store, outcome.seen);
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

  const trials = createTrials({ value, exclusively, look, fire, sleep, signal: closed.signal });

  begin().catch((error: Error) => set({ problem: `Nothing answers: ${error.message}. Reload.` }));
  return {
    view: get,
    subscribe: value.subscribe,
    change: (settings: Partial<Settings>) => {
      set({ settings: { ...get().settings, ...settings }, ...(settings.store && { seen: {} }) });
      if (settings.store) void look();
    },
    cannon,
    ...trials,
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
