import {
  type LaneName,
  laneNames,
  type Settings,
  type SourceState,
  type Traffic,
} from "../../contract";
import type { Agreement } from "./agreement";
import type { ClockEstimate } from "./clock";
import type { LaneFigures } from "./lane-stats";

export type Phase = "idle" | "starting" | "running" | "ending" | "ended";

export interface LaneView extends LaneFigures {
  traffic: Traffic;
}

/** A run, at one moment. */
export interface RunView {
  phase: Phase;
  problem: string | null;
  settings: Settings;
  pollMs: number;
  hidden: boolean;
  stalled: boolean;
  instance: string | null;
  clock: ClockEstimate | null;
  source: SourceState | null;
  seconds: number;
  faults: { atSeconds: number; what: string }[];
  lanes: Record<LaneName, LaneView>;
  agreement: Agreement;
}

export const noTraffic: Traffic = { in: 0, out: 0, requests: 0 };
const noFigures: LaneView = {
  ...{ status: "idle", position: 0, delivered: 0, p50: null, p95: null },
  ...{
    undisturbed: 0,
    undisturbedP95: null,
    requests: 0,
    empty: 0,
    lost: 0,
    gaps: 0,
    duplicates: 0,
    resets: 0,
    traffic: noTraffic,
  },
};
/** The same for each lane. */
export const each = <T>(make: (name: LaneName) => T) =>
  Object.fromEntries(laneNames.map((name) => [name, make(name)])) as Record<LaneName, T>;

export const initialView: RunView = {
  phase: "idle",
  problem: null,
  settings: { rate: 5, payloadBytes: 256 },
  pollMs: 2_000,
  hidden: false,
  stalled: false,
  instance: null,
  clock: null,
  source: null,
  seconds: 0,
  faults: [],
  lanes: each(() => noFigures),
  agreement: { position: 0, equal: null, hashes: {} },
};
