/** Something that a function did. Tests look at these, and at nothing inside the SDK or the executor. */
export interface Effect {
  /** Which test it belongs to. */
  tag: string;
  what: string;
  attempt: number;
  run: string;
  at: number;
  value?: unknown;
}

export interface Setup {
  record: (effect: Effect) => void;
  /** The schedule of the scheduled function. */
  cron: string;
  /** How long the slow step takes. */
  slowMs: number;
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Context = { event: { data: { tag?: string } }; runId: string; attempt: number };

/** What the functions have in common. */
export const toolsOf = ({ record }: Setup) => ({
  /** Notes an effect of a run. */
  note: ({ event, runId, attempt }: Context, what: string, value?: unknown) =>
    record({ tag: event.data.tag ?? "", what, attempt, run: runId, at: Date.now(), value }),
  /** The options of a function that an event of its own name starts. */
  on: (name: string, retries: 0 | 1 | 2 | 3 = 0) => ({
    id: name,
    retries,
    triggers: { event: `conformance/${name}` },
  }),
});
