import { logger } from "@/lib/logger";
import { touchRooms } from "../unused-rooms";
import type { createFeeds } from "./feed";

type Feeds = Pick<ReturnType<typeof createFeeds>, "rooms" | "close">;

/**
 * A room with a connection in it is in use, however silent: this instance writes that down for all of its
 * own. One that is gone nevertheless is closed for those who are in it.
 * @returns ends it
 */
export function keepInUse(feeds: Feeds, everyMs: number): () => void {
  const timer = setInterval(() => {
    touchAll(feeds).catch((err) =>
      logger().warn({ err }, "rooms in use could not be written down"),
    );
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function touchAll(feeds: Feeds): Promise<void> {
  const rooms = feeds.rooms();
  if (rooms.length === 0) return;
  const existing = await touchRooms(rooms);
  for (const room of rooms) if (!existing.has(room)) feeds.close(room);
}
