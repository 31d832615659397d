import { createWireStore } from "@/components/wire-store";
import type { CronRuns, JobState } from "../../contract";
import type { TaskState } from "../../tasks/contract";
import { createApi } from "./api";
import { readJobEvents } from "./stream";

/** A job is read again this soon after it was told of, and with it all that was told meanwhile. */
const GATHER_MS = 150;
const TASKS_MS = 700;
const CRON_MS = 10_000;
const KEEP = 40;

export interface View {
  /** The newest first. */
  jobs: readonly JobState[];
  tasks: readonly TaskState[];
  cronRuns: CronRuns["runs"];
  /** Schedules that should have fired and have not. */
  lateSchedules: CronRuns["late"];
  connected: boolean;
}
export const emptyView: View = {
  jobs: [],
  tasks: [],
  cronRuns: [],
  lateSchedules: [],
  connected: false,
};

/**
 * What one page knows of its user's jobs. The stream tells which job has changed; its row says what
 * it is now. Tasks have no stream, and a lost one has nobody who could tell: they are asked for.
 */
export function createBoard() {
  const wire = createWireStore();
  const api = createApi(wire.add);
  const listeners = new Set<() => void>();
  const changed = new Set<string>();
  let view = emptyView;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function set(change: Partial<View>): void {
    if (closed) return;
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }

  function put(jobs: readonly JobState[]): void {
    const byId = new Map([...view.jobs, ...jobs].map((job) => [job.id, job]));
    const all = [...byId.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    set({ jobs: all.slice(0, KEEP) });
  }

  async function readChanged(): Promise<void> {
    gathering = undefined;
    const ids = [...changed];
    changed.clear();
    const read = await Promise.allSettled(ids.map((id) => api.job(id)));
    put(read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
    // An instance that dies in between: the job is asked for again.
    ids.filter((_, n) => read[n]?.status === "rejected").forEach(touch);
  }
  function touch(id: string): void {
    changed.add(id);
    if (!closed) gathering ??= setTimeout(() => void readChanged(), GATHER_MS);
  }

  const reload = () => api.jobs().then(({ jobs }) => put(jobs), ignoreOutage);
  const readTasks = () => api.tasks().then(({ tasks }) => set({ tasks }), ignoreOutage);
  const readCron = () =>
    api
      .cronRuns()
      .then(({ runs, late }) => set({ cronRuns: runs, lateSchedules: late }), ignoreOutage);

  const closeStream = readJobEvents({
    onFrame: wire.add,
    onConnection(connected) {
      set({ connected });
      if (connected) void reload();
    },
    onEvent({ event, data }) {
      if (event === "reset") return void reload();
      const { id } = JSON.parse(data) as { id?: string };
      if (id) touch(id);
    },
  });
  void readTasks();
  void readCron();
  const isPending = ({ status }: TaskState) => status === "queued" || status === "running";
  const tasksTimer = setInterval(() => view.tasks.some(isPending) && void readTasks(), TASKS_MS);
  const cronTimer = setInterval(() => void readCron(), CRON_MS);

  return {
    wire,
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    startJob: (async (kind, input) => {
      const accepted = await api.startJob(kind, input);
      touch(accepted.id);
      return accepted;
    }) as typeof api.startJob,
    async startTask(note: string, seconds: number): Promise<void> {
      const task = await api.startTask(note, seconds);
      set({ tasks: [task, ...view.tasks].slice(0, 10) });
    },
    async cancel(id: string): Promise<void> {
      await api.cancel(id);
      touch(id);
    },
    async replay(id: string): Promise<void> {
      await api.replay(id);
      touch(id);
    },
    close(): void {
      closed = true;
      closeStream();
      clearTimeout(gathering);
      clearInterval(tasksTimer);
      clearInterval(cronTimer);
      wire.close();
    },
  };
}
export type Board = ReturnType<typeof createBoard>;

/** The connection's state says it already, and the next round asks again. */
const ignoreOutage = () => undefined;
