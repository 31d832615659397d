import { Redis } from "ioredis";
import { type Bus, Listeners } from "./bus";

/** How long a SUBSCRIBE that was refused waits for its next try, in milliseconds. */
const RETRY_MS = 500;

/**
 * The bus over Redis pub/sub: one connection subscribes, another publishes.
 *
 * @param onError told of lost connections; the bus reconnects by itself
 */
export function createRedisBus(url: string, onError: (error: Error) => void): Bus {
  const listeners = new Listeners();
  // We subscribe anew ourselves: what is told of a gap must come after that.
  const subscriber = new Redis(url, { maxRetriesPerRequest: null, autoResubscribe: false });
  const publisher = new Redis(url, { maxRetriesPerRequest: 1 });
  subscriber.on("error", onError);
  publisher.on("error", onError);
  subscriber.on("message", (channel, message) => listeners.deliver(channel, message));
  const connected = new Promise<void>((resolve) => {
    subscriber.on("ready", async () => {
      try {
        const channels = listeners.channels();
        if (channels.length > 0) await subscriber.subscribe(...channels);
        listeners.gap();
        resolve();
      } catch (error) {
        tryAgain(error as Error);
      }
    });
  });

  /** A SUBSCRIBE that was refused is missing on a connection that stands: only a new one has them all. */
  let retry: NodeJS.Timeout | undefined;
  function tryAgain(error: Error): void {
    onError(error);
    retry ??= setTimeout(() => subscriber.disconnect(true), RETRY_MS);
  }
  // A connection that ended by itself is made anew by the client.
  subscriber.on("close", () => {
    clearTimeout(retry);
    retry = undefined;
  });

  return {
    async publish(channel, message) {
      await publisher.publish(channel, message);
    },
    subscribe(channel, listener, onGap) {
      const end = listeners.add(channel, listener, onGap);
      // While the connection is away, coming back tells of the gap.
      if (subscriber.status === "ready") subscriber.subscribe(channel).then(onGap, tryAgain);
      return end;
    },
    ready: () => connected,
    async close() {
      subscriber.disconnect();
      publisher.disconnect();
    },
  };
}
