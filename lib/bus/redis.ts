import { Redis } from "ioredis";
import { type Bus, Listeners } from "./bus";

/**
 * The bus over Redis pub/sub: one connection subscribes, another publishes.
 *
 * @param onError told of lost connections; the bus reconnects by itself
 */
export function createRedisBus(url: string, onError: (error: Error) => void): Bus {
  const listeners = new Listeners();
  const subscriber = new Redis(url, { maxRetriesPerRequest: null });
  const publisher = new Redis(url, { maxRetriesPerRequest: 1 });
  subscriber.on("error", onError);
  publisher.on("error", onError);
  subscriber.on("message", (channel, message) => listeners.deliver(channel, message));
  const connected = new Promise<void>((resolve) => subscriber.once("ready", resolve));
  // ioredis subscribes anew by itself after a reconnect; what came meanwhile is lost.
  subscriber.on("ready", () => listeners.gap());

  return {
    async publish(channel, message) {
      await publisher.publish(channel, message);
    },
    subscribe(channel, listener, onGap) {
      const end = listeners.add(channel, listener, onGap);
      subscriber.subscribe(channel).then(onGap, onError);
      return end;
    },
    ready: () => connected,
    async close() {
      subscriber.disconnect();
      publisher.disconnect();
    },
  };
}
