import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { env } from "../env";
import { log } from "../log";
import { logger } from "../logger";
import { remember } from "../remember";

/** Each logout is an entry here: every instance follows the stream, and none asks the database. */
export const REVOCATIONS = "sessions:revoked";

const entrySchema = z.object({ sessionId: z.uuid(), expiresAt: z.number() });

type Listener = (sessionId: string) => void;

const RETRY_MS = 500;
const pause = (signal: AbortSignal) =>
  delay(RETRY_MS, undefined, { signal }).catch(() => undefined);

function createRevocations() {
  /** Session id → when its last token expires by itself, and need not be remembered any more. */
  const revoked = new Map<string, number>();
  const listeners = new Set<Listener>();

  function apply(data: unknown): void {
    const { sessionId, expiresAt } = entrySchema.parse(data);
    if (revoked.has(sessionId)) return;
    revoked.set(sessionId, expiresAt);
    for (const listener of listeners) listener(sessionId);
  }

  function forget(now: number): void {
    for (const [id, expiresAt] of revoked) if (expiresAt * 1000 < now) revoked.delete(id);
  }

  return {
    has: (sessionId: string) => revoked.has(sessionId),
    /**
     * Calls the listener when a session was logged out, on whichever instance.
     * @returns ends that
     */
    onRevoked(listener: Listener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Resolves after the commit: from then on a restart does not bring the session back. */
    async revoke(sessionId: string): Promise<void> {
      // Remembered until every token of the session has expired, one that another instance is
      // renewing at this moment included.
      const expiresAt = Date.now() / 1000 + env().SESSION_TTL_SECONDS + 60;
      const data = { sessionId, expiresAt };
      await log().append(REVOCATIONS, "revoked", data, sessionId);
      apply(data);
    },
    /** Follows the stream until the signal aborts; resolves once it has read what is there. */
    async follow(signal: AbortSignal): Promise<void> {
      const { head } = await log().read(REVOCATIONS, 0, 1);
      await new Promise<void>((caughtUp) => {
        if (head === 0) caughtUp();
        void (async () => {
          for (let after = 0; !signal.aborted; await pause(signal))
            try {
              for await (const item of log().tail(REVOCATIONS, after, signal)) {
                if (item.kind === "reset") continue;
                after = item.entry.seq;
                apply(item.entry.data);
                forget(Date.now());
                if (after >= head) caughtUp();
              }
            } catch (err) {
              logger().warn({ err }, "logouts cannot be read; trying again");
            }
        })();
      });
    },
  };
}

/** The sessions that were logged out before their tokens expired. */
export const revocations = () => remember("revocations", createRevocations);
