/** What a policy promises each caller: so many units in so long. */
export interface Quota {
  limit: number;
  windowMs: number;
}

/** Who decided: the counters of this process, those that all instances share, or neither. */
export type DecidedBy = "memory" | "redis" | "insurance" | "nobody";

/** What a limiter says to one request. */
export interface Decision {
  allowed: boolean;
  /** Units that are left after it. */
  remaining: number;
  /** Where refused: what was asked for is there after exactly so long, and no sooner. Else 0. */
  retryAfterMs: number;
  /** The whole quota is there after so long, if nothing more is asked for. */
  resetMs: number;
  decidedBy: DecidedBy;
  /** The caller's state after it, by the clock that counts; where the limiter has one to show. */
  seen?: { now: number; state: Record<string, number> };
  /** Further members of the problem that says no. */
  notes?: Record<string, unknown>;
}

/** Counts for one policy. A refused request costs nothing. */
export interface Limiter {
  /** @param cost units that the request takes: a whole number from 1 to the policy's limit */
  decide(caller: string, cost: number): Promise<Decision>;
}

/** What a route does while the shared counters cannot be asked. */
export type WhenDown =
  /** Lets everybody in, and says so. */
  | "open"
  /** Counts in this process instead: each instance for itself. */
  | "insured"
  /** Lets nobody in: 503. */
  | "closed";

export interface Policy extends Quota {
  /** Names the policy in headers, in problems, on /metrics, and in the keys of its counters. */
  name: string;
  /** Its callers are addresses: the problem says that the quota is shared. */
  ofAddress?: true;
  /** Makes its limiter; called once in a process. */
  limiter: (policy: Policy) => Limiter;
}
