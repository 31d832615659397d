import type { Stage } from "./lab/stage.ts";

/** One run of one subject: figure → value, for instance `{ "lag p50": 3.1, "CPU a token": 120 }`. */
export type Sample = Record<string, number>;

/** Whose figure is divided by whose, within each round. */
export interface Comparison {
  figure: string;
  of: string;
  to: string;
  /** What we want to reach: a ratio, or where `to` is left out, the figure itself. */
  atMost?: number;
  atLeast?: number;
}

/** One kind of work, given to several subjects in turn. */
export interface Workload {
  name: string;
  /** The unit of each figure. */
  units: Record<string, string>;
  /** Each subject: does the work once. Throws where it was not done exactly: the run is void. */
  subjects: Record<string, () => Promise<Sample>>;
  ratios?: Comparison[];
  targets?: Omit<Comparison, "to">[];
  /** Rounds, where the usual five (two with --quick) are too long. */
  rounds?: number;
}

/** What one part of the book costs. One file each in `suites/`. */
export interface Suite {
  name: string;
  /** One sentence for the report. */
  what: string;
  /** Sets up, hands each workload to `measure`, tears down. */
  run(stage: Stage, measure: (workload: Workload) => Promise<void>): Promise<void>;
}
