import type { AlgorithmName, Fault, LimitState, WhenDown } from "../../contract";
import type { Outcome } from "./ask";
import type { Obedience } from "./honest";

/** A state of the server, and when this page learnt of it. */
export interface Seen extends Pick<LimitState, "now" | "state"> {
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
