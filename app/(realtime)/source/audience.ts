import type { Bus } from "@/lib/bus/bus";
import { HttpError } from "@/lib/http";
import { type LaneName, realtimeLimits } from "../contract";

const CHANNEL = "realtime";
const BEACON_MS = 2_000;
/** A user id takes 37 bytes of a message's 7,000. */
const IDS_PER_MESSAGE = 150;

export interface AudienceOptions {
  bus: Bus;
  /** This process: it does not listen to itself. */
  self: string;
  /** Readers of one lane that one visitor may have here. */
  readersPerUser?: number;
  now?: () => number;
}

/**
 * Who reads whose stream. Readers are counted where they are; because a source may run on another
 * instance, each instance says every two seconds who is read on it.
 */
export function createAudience(options: AudienceOptions) {
  const { bus, self, readersPerUser = realtimeLimits.readersPerUser, now = Date.now } = options;
  const open = new Map<string, number>();
  const seen = new Map<string, number>();
  const touched = new Set<string>();

  const unsubscribe = bus.subscribe(CHANNEL, (message) => {
    const [from, ...users] = message.split("\n");
    if (from !== self) for (const userId of users) seen.set(userId, now());
  });

  async function beacon(): Promise<void> {
    const users = new Set(touched);
    for (const key of open.keys()) users.add(userOf(key));
    touched.clear();
    for (const userId of users) seen.set(userId, now());
    for (const [userId, at] of seen) if (isOld(at)) seen.delete(userId);
    const all = [...users];
    for (let i = 0; i < all.length; i += IDS_PER_MESSAGE)
      await bus.publish(CHANNEL, [self, ...all.slice(i, i + IDS_PER_MESSAGE)].join("\n"));
  }
  // A beacon that is lost is followed by the next.
  const timer = setInterval(() => beacon().catch(() => undefined), BEACON_MS);
  timer.unref();

  const isOld = (at: number) => now() - at > realtimeLimits.unwatchedSeconds * 1_000;

  return {
    /** Somebody has looked just now. */
    touch(userId: string): void {
      touched.add(userId);
      seen.set(userId, now());
    },

    /**
     * A reader that stays.
     * @returns it has left; may be called again
     * @throws HttpError 429 where this visitor has too many of them
     */
    enter(userId: string, lane: LaneName): () => void {
      const key = `${lane} ${userId}`;
      const count = open.get(key) ?? 0;
      if (count >= readersPerUser) throw tooMany(readersPerUser);
      open.set(key, count + 1);
      seen.set(userId, now());
      let here = true;
      return () => {
        if (!here) return;
        here = false;
        seen.set(userId, now());
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      };
    },

    /** How many readers this visitor has on this instance. */
    readers: (userId: string) =>
      [...open].reduce((sum, [key, count]) => (userOf(key) === userId ? sum + count : sum), 0),

    isWatched: (userId: string) => {
      const at = seen.get(userId);
      return at !== undefined && !isOld(at);
    },

    close(): void {
      clearInterval(timer);
      unsubscribe();
    },
  };
}

const userOf = (key: string) => key.slice(key.indexOf(" ") + 1);

function tooMany(limit: number): HttpError {
  const detail = `At most ${limit} readers of a kind. Close one first.`;
  return new HttpError(429, "too-many-readers", detail, { headers: { "retry-after": "5" } });
}

export type Audience = ReturnType<typeof createAudience>;
