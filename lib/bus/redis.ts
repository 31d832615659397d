import { Redis } from "ioredis";
import { type Bus, Listeners } from "./bus";

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
        onError(error as Error);
      }
    });
  });

  return {
    async publish(channel, message) {
      await publisher.publish(channel, message);
    },
    subscribe(channel, listener, onGap) {
      const end = listeners.add(channel, listener, onGap);
      // While the connection is away, coming back tells of the gap.
      if (subscriber.status === "ready") subscriber.subscribe(channel).then(onGap, onError);
      return end;
    },
    ready: () => connected,
    async close() {
      subscriber.disconnect();
      publisher.disconnect();
    },
  };
}
