import { setTimeout as delay } from "node:timers/promises";
import { HttpError } from "@/lib/http";
import { CLIENT_ADDRESS } from "@/lib/rate-limit/caller";
import { remember } from "@/lib/remember";
import { uploadLimits } from "../contract";

/** How many uploads of a kind are received at once: from a user, from an address, by this process. */
export interface SlotLimits {
  perUser: number;
  /** Guests cost nothing: one address must not have all places under many names. */
  perAddress: number;
  perInstance: number;
}

/** Counts the uploads under way by who sends them, and refuses those beyond the limits. */
export function createSlots({ perUser, perAddress, perInstance }: SlotLimits) {
  const taken = new Map<string, number>();
  const count = (key: string, change: 1 | -1) => {
    const left = (taken.get(key) ?? 0) + change;
    if (left > 0) taken.set(key, left);
    else taken.delete(key);
  };
  const isFull = (key: string, limit: number) => (taken.get(key) ?? 0) >= limit;
  const ALL = "all";

  return {
    count: () => taken.get(ALL) ?? 0,

    /** @throws HttpError 429 (too many of this user, or from this address), 503 (of this process) */
    async run<T>(request: Request, userId: string, work: () => Promise<T>): Promise<T> {
      const address = request.headers.get(CLIENT_ADDRESS) ?? "unknown";
      const [user, from] = [`user ${userId}`, `address ${address}`];
      if (isFull(user, perUser)) throw tooMany(`${perUser} uploads of yours`);
      if (isFull(from, perAddress)) throw tooMany(`${perAddress} uploads from your address`);
      if (isFull(ALL, perInstance)) throw busy();
      const keys = [user, from, ALL];
      for (const key of keys) count(key, 1);
      try {
        return await work();
      } finally {
        for (const key of keys) count(key, -1);
      }
    },
  };
}

const headers = { "retry-after": "5" };

const tooMany = (which: string) =>
  new HttpError(429, "too-many-streams", `${which} are under way. Wait for one to end.`, {
    headers,
  });

export const busy = () =>
  new HttpError(503, "busy", "This instance receives all it can. Try again shortly.", { headers });

/** Streaming uploads. Each holds four parts in memory. */
export const streamingSlots = () =>
  remember("streaming uploads", () => createSlots(uploadLimits.streams));

/** Uploads that are held whole. Their bytes are bounded as well, by their route. */
export const simpleSlots = () => remember("simple uploads", () => createSlots(uploadLimits.simple));

const LOOK_MS = 20;

/** Resolves once none is streamed: what was cut off has been taken away by then. */
export async function streamingOver(): Promise<void> {
  while (streamingSlots().count() > 0) await delay(LOOK_MS);
}
