import { remember } from "../remember";
import type { Refusal } from "./refusal";

/**
 * How long an instance is not ready after a caller was refused for a reason that a probe cannot find: only a
 * statement that needs room, or memory, meets it. Balancers ask more often than that; and once it is over, the
 * next request finds out.
 */
export const UNREADY_MS = 10_000;

const last = () =>
  remember("database-refusal", () => ({ reason: "", at: Number.NEGATIVE_INFINITY }));

/** Remembers that the database has refused a caller. */
export function noteRefusal({ unready }: Refusal, now = performance.now()): void {
  if (unready) Object.assign(last(), { reason: unready, at: now });
}

/** Why the database refused, where it did so a moment ago. */
export function recentRefusal(now = performance.now()): string | undefined {
  const { reason, at } = last();
  return now - at < UNREADY_MS ? reason : undefined;
}
