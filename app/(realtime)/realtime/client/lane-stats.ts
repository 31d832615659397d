import type { Entry } from "../../contract";
import { createHashChain } from "./hash-chain";
import type { LaneStatus } from "./lane";

/** The percentiles are of the deliveries of this time. */
export const WINDOW_MS = 60_000;
/** Deliveries kept: what the fastest source makes in that time. */
const KEPT = 3_000;

/** One delivery: when it arrived and how long it took, in milliseconds of the page's clock. */
export interface Delivery {
  at: number;
  latencyMs: number;
  /** A fault that the visitor caused was at work. */
  disturbed: boolean;
}

/** What was measured of a lane. Times are milliseconds. */
export interface LaneFigures {
  status: LaneStatus;
  position: number;
  delivered: number;
  /** Percentiles of the last minute. */
  p50: number | null;
  p95: number | null;
  /** How many of that minute's deliveries no fault disturbed, and their percentile. */
  undisturbed: number;
  undisturbedP95: number | null;
  requests: number;
  empty: number;
  lost: number;
  /** Entries that came although an earlier one had not: each made the lane ask again. */
  gaps: number;
  duplicates: number;
  resets: number;
}

export interface LaneStatsOptions {
  /** The position at which the run begins. */
  begin: number;
  /** The page's clock, in milliseconds since the epoch. */
  now(): number;
  /** The offset of the server's clock: add it to ours. */
  offsetMs(): number;
  /** Whether a fault that the visitor caused is at work. */
  isDisturbed(): boolean;
}

/** The measuring core: counts, orders, hashes and times what one lane delivers. */
export function createLaneStats({ begin, now, offsetMs, isDisturbed }: LaneStatsOptions) {
  const chain = createHashChain();
  let deliveries: Delivery[] = [];
  let position = begin;
  let status: LaneStatus = "idle";
  const counts = {
    delivered: 0,
    requests: 0,
    empty: 0,
    lost: 0,
    gaps: 0,
    duplicates: 0,
    resets: 0,
  };

  return {
    chain,
    position: () => position,
    status(next: LaneStatus): void {
      status = next;
    },
    count(what: "requests" | "empty" | "lost"): void {
      counts[what]++;
    },

    /** @returns false where an entry is missing; those from there on are not taken */
    entries(entries: readonly Entry[]): boolean {
      const at = now();
      const disturbed = isDisturbed();
      const taken: Entry[] = [];
      let complete = true;
      for (const entry of entries) {
        if (entry.seq <= position) counts.duplicates++;
        else if (entry.seq === position + 1) {
          position = entry.seq;
          taken.push(entry);
          // Nothing arrives before it was sent: below zero is only the error of the clock's estimate.
          const latencyMs = Math.max(0, at + offsetMs() - entry.sentAt);
          deliveries.push({ at, latencyMs, disturbed });
        } else {
          counts.gaps++;
          complete = false;
          break;
        }
      }
      counts.delivered += taken.length;
      if (deliveries.length > 2 * KEPT) deliveries = deliveries.slice(-KEPT);
      if (taken.length > 0) chain.add(taken);
      return complete;
    },

    reset(oldest: number): void {
      counts.resets++;
      position = oldest - 1;
      chain.restart();
    },

    /** The last deliveries, oldest first. */
    deliveries: (): readonly Delivery[] => deliveries,

    /** As of a moment of the page's clock. */
    figures(at: number): LaneFigures {
      const recent = deliveries.filter((delivery) => delivery.at > at - WINDOW_MS);
      const all = sortedLatencies(recent);
      const undisturbed = sortedLatencies(recent.filter(({ disturbed }) => !disturbed));
      return {
        status,
        position,
        p50: percentile(all, 0.5),
        p95: percentile(all, 0.95),
        undisturbed: undisturbed.length,
        undisturbedP95: percentile(undisturbed, 0.95),
        ...counts,
      };
    },
  };
}

const sortedLatencies = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);

/** Nearest rank, of numbers in ascending order. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

export type LaneStats = ReturnType<typeof createLaneStats>;
