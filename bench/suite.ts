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
  /** Beyond what must be reached. */
  stretch?: number;
}

/** One kind of work, given to several subjects in turn. */
export interface Workload {
  name: string;
  /** The unit of each figure. */
  units: Record<string, string>;
  /** Each subject: does the work once. Throws where it was not done exactly: the run is void. */
  subjects: Record<string, () => Promise<Sample>>;
  /** Those that name a subject that is not there (a peer that this machine lacks) are left out. */
  ratios?: Comparison[];
  targets?: Omit<Comparison, "to">[];
  /** Rounds, where the usual five (two with --quick) are too long. */
  rounds?: number;
  /** How much there was to do, for the growth curves: of all subjects, or of each as one of a series. */
  size?: number | Record<string, { series: string; size: number }>;
}

/** A curve for each subject: a figure by the size of the work. */
export interface GrowthAxes {
  figure: string;
  /** What the size counts: `readers`. */
  sizes: string;
  /** Workloads whose names contain it, where there are others. */
  among?: string;
  /** How much the figure of one series may grow from the smallest size to the largest. */
  bound?: { of: string; atMost: number };
}

/** What one part of the book costs. One file each in `suites/`. */
export interface Suite {
  name: string;
  /** One sentence for the report. */
  what: string;
  growth?: readonly GrowthAxes[];
  /** Sets up, hands each workload to `measure`, tears down. */
  run(stage: Stage, measure: (workload: Workload) => Promise<void>): Promise<void>;
}
