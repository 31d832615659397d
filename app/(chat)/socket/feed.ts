import type { Namespace, Socket } from "socket.io";
import { log } from "@/lib/log";
import type { LogEntry, Unsubscribe } from "@/lib/log/types";
import { logger } from "@/lib/logger";
import { metrics } from "@/lib/metrics";
import { sayGoodbye } from "@/lib/sockets/farewell";
import { outgoingOf } from "@/lib/sockets/outgoing";
import { chatLimits } from "../contract";
import { streamOf, toMessage } from "../messages";

const REPLAY_PAGE = 100;
/** A replay waits while this much is on its way: it is not to make a slow consumer by itself. */
const REPLAY_AHEAD_BYTES = 256 * 1024;
const POSITION_WAIT_MS = 10;

interface Feed {
  sockets: Set<Socket>;
  end: Unsubscribe;
}

/**
 * Carries rooms from the log to sockets: one subscription for each room that somebody on this
 * instance is in, one encoded frame for all of its sockets.
 */
export function createFeeds(namespace: Namespace) {
  const feeds = new Map<string, Feed>();

  function open(room: string): Feed {
    const feed: Feed = {
      sockets: new Set(),
      end: log().watch(streamOf(room), (entries) => broadcast(room, feed, entries)),
    };
    feeds.set(room, feed);
    return feed;
  }

  function broadcast(room: string, feed: Feed, entries: LogEntry[]): void {
    if (entries.length === 0) return;
    const messages = entries.map(toMessage);
    // `local`: every instance reads the log itself.
    namespace.local.to(room).emit("messages", { room, messages, replay: false });
    for (const socket of feed.sockets) dropIfSlow(socket);
  }

  return {
    /**
     * Sends what came after a position, then lets the socket into the room. The seam: the socket
     * enters in the same turn of the event loop in which its position equals the feed's.
     * @returns the position that was reached and how many messages it took
     */
    async enter(socket: Socket, room: string, after: number | undefined) {
      const stream = streamOf(room);
      const feed = feeds.get(room) ?? open(room);
      feed.sockets.add(socket);
      let cursor = after ?? (await firstPosition(stream));
      let replayed = 0;
      while (socket.connected && feed.sockets.has(socket)) {
        const live = log().position(stream);
        if (cursor === live) {
          socket.join(room);
          break;
        }
        const page = await log().read(stream, cursor, REPLAY_PAGE);
        if (cursor < page.floor || cursor > page.head) {
          cursor = page.floor;
          socket.emit("reset", { room, oldest: cursor + 1 });
          continue;
        }
        // Never past the feed: it would send those again.
        const entries = page.entries.filter(({ seq }) => live !== undefined && seq <= live);
        if (entries.length === 0) {
          await pause(POSITION_WAIT_MS);
          continue;
        }
        socket.emit("messages", { room, messages: entries.map(toMessage), replay: true });
        cursor += entries.length;
        replayed += entries.length;
        await outgoingOf(socket).below(REPLAY_AHEAD_BYTES);
      }
      return { seq: cursor, replayed };
    },

    /** The socket leaves; the last one ends the subscription. */
    leave(socket: Socket, room: string): void {
      socket.leave(room);
      const feed = feeds.get(room);
      if (!feed?.sockets.delete(socket) || feed.sockets.size > 0) return;
      feed.end();
      feeds.delete(room);
    },

    openRooms: () => feeds.size,
  };
}

export type Feeds = ReturnType<typeof createFeeds>;

/** Beyond the bound a socket is closed; it catches up from the log when it returns. */
function dropIfSlow(socket: Socket): void {
  const pending = outgoingOf(socket).pending();
  if (pending <= chatLimits.pendingBytes || socket.data.dropped) return;
  socket.data.dropped = true;
  metrics().slowConsumers.inc();
  logger().info({ socket: socket.id, pending }, "socket closed: slow consumer");
  sayGoodbye(socket, "slow consumer");
}

/** Where a first join begins: a screenful before the end. */
async function firstPosition(stream: string): Promise<number> {
  const { head, floor } = await log().read(stream, Number.MAX_SAFE_INTEGER, 1);
  return Math.max(head - chatLimits.firstJoin, floor);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
