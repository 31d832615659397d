import { setTimeout as delay } from "node:timers/promises";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { uploadLimits } from "../contract";

/** The streaming uploads under way in this process, by user. */
export const streaming = () => remember("streaming uploads", () => new Map<string, number>());

export const streamingNow = () => [...streaming().values()].reduce((sum, n) => sum + n, 0);

const LOOK_MS = 20;

/** Resolves once none is under way: what was cut off has been taken away by then. */
export async function streamingOver(): Promise<void> {
  while (streamingNow() > 0) await delay(LOOK_MS);
}

/**
 * Runs a streaming upload. Each holds four parts in memory, so their number is bounded.
 * @throws HttpError 429 (this user has too many), 503 (this instance has)
 */
export async function withSlot<T>(userId: string, work: () => Promise<T>): Promise<T> {
  const { streamsPerUser, streamsPerInstance } = uploadLimits;
  const mine = streaming().get(userId) ?? 0;
  const headers = { "retry-after": "5" };
  if (mine >= streamsPerUser)
    throw new HttpError(
      429,
      "too-many-streams",
      `${streamsPerUser} uploads of yours are being streamed. Wait for one to end.`,
      { headers },
    );
  if (streamingNow() >= streamsPerInstance)
    throw new HttpError(503, "busy", "This instance receives all it can. Try again shortly.", {
      headers,
    });
  streaming().set(userId, mine + 1);
  try {
    return await work();
  } finally {
    const left = (streaming().get(userId) ?? 1) - 1;
    if (left > 0) streaming().set(userId, left);
    else streaming().delete(userId);
  }
}
