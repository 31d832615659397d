import type { AlgorithmName } from "../../contract";

export const titles: Record<AlgorithmName, string> = {
  "fixed-window": "Fixed window",
  "sliding-window": "Sliding window",
  "token-bucket": "Token bucket",
};

/** Milliseconds, as people read them. */
export const time = (ms: number) =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
