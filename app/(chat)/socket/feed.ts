import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { Namespace, Socket } from "socket.io";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { metrics } from "@/lib/metrics";
import { sayGoodbye } from "@/lib/sockets/farewell";
import { outgoingOf } from "@/lib/sockets/outgoing";
import { chatLimits } from "../contract";
import { streamOf, toMessage } from "../messages";
import { fanOut } from "./fan-out";

const REPLAY_PAGE = 64;
/** A replay waits while this much is on its way: it is not to make a slow consumer by itself. */
const REPLAY_AHEAD_BYTES = 256 * 1024;
const WAIT_MS = 5;

interface Feed {
  /** Whoever is here, those included who still catch up. */
  sockets: Set<Socket>;
  /** Who is sent what comes. */
  members: Set<Socket>;
  /** The last sequence number sent to the room; undefined until the feed has begun. */
  position: number | undefined;
  /** Why it broke off. */
  failure?: unknown;
  end: AbortController;
}

/**
 * Carries rooms from the log to sockets: one tail for each room that somebody on this instance is
 * in, one encoded frame for all of its sockets.
 */
export function createFeeds(namespace: Namespace) {
  const feeds = new Map<string, Feed>();

  function open(room: string): Feed {
    const feed: Feed = {
      ...{ sockets: new Set(), members: new Set() },
      ...{ position: undefined, end: new AbortController() },
    };
    feeds.set(room, feed);
    void run(room, feed);
    return feed;
  }

  async function run(room: string, feed: Feed): Promise<void> {
    try {
      feed.position = await headOf(streamOf(room));
      for await (const batch of log().tailBatches(streamOf(room), feed.position, feed.end.signal)) {
        if (batch.kind === "reset") feed.position = batch.oldest - 1;
        else {
          const messages = batch.entries.map(toMessage);
          const event = { room, messages, replay: false };
          fanOut(feed.members, namespace.name, ["messages", event], dropIfSlow);
          feed.position = batch.entries.at(-1)?.seq;
        }
        // One batch a turn of the event loop: those who read have taken it before the next is sent.
        await nextTurn();
      }
    } catch (err) {
      // The database was away as the feed began. Those who wait to enter are told, and those who
      // have entered already come back by themselves, with their position.
      logger().warn({ err, room }, "room feed failed");
      feed.failure = err;
      if (feeds.get(room) === feed) feeds.delete(room);
      for (const socket of feed.members) socket.conn.close();
    }
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
        const { position, failure } = feed;
        if (failure) throw failure;
        if (cursor === position) {
          socket.join(room);
          feed.members.add(socket);
          break;
        }
        const page = await log().read(stream, cursor, REPLAY_PAGE);
        if (cursor < page.floor || cursor > page.head) {
          cursor = page.floor;
          socket.emit("reset", { room, oldest: cursor + 1 });
          continue;
        }
        // Never past the feed: it would send those again.
        const entries = page.entries.filter(({ seq }) => position !== undefined && seq <= position);
        if (entries.length === 0) {
          await delay(WAIT_MS);
          continue;
        }
        socket.emit("messages", { room, messages: entries.map(toMessage), replay: true });
        cursor += entries.length;
        replayed += entries.length;
        await outgoingOf(socket).below(REPLAY_AHEAD_BYTES);
      }
      return { seq: cursor, replayed };
    },

    /** The rooms that somebody on this instance is in. */
    rooms: () => [...feeds.keys()],

    /** The room is gone: its sockets are closed. They come back, and are told so when they join. */
    close(room: string): void {
      for (const socket of feeds.get(room)?.sockets ?? []) socket.conn.close();
    },

    /** The socket leaves; the last one ends the feed. */
    leave(socket: Socket, room: string): void {
      socket.leave(room);
      const feed = feeds.get(room);
      feed?.members.delete(socket);
      if (!feed?.sockets.delete(socket) || feed.sockets.size > 0) return;
      feed.end.abort();
      feeds.delete(room);
    },
  };
}

/** Beyond the bound a socket is closed; it catches up from the log when it returns. */
function dropIfSlow(socket: Socket): void {
  const pending = outgoingOf(socket).pending();
  if (pending <= chatLimits.pendingBytes || socket.data.dropped) return;
  socket.data.dropped = true;
  metrics().slowConsumers.inc();
  logger().info({ socket: socket.id, pending }, "socket closed: slow consumer");
  sayGoodbye(socket, "slow consumer");
}

/** Asks beyond the end, which costs one row: the bounds. */
const boundsOf = (stream: string) => log().read(stream, Number.MAX_SAFE_INTEGER, 1);
const headOf = async (stream: string) => (await boundsOf(stream)).head;

/** Where a first join begins: a screenful before the end. */
async function firstPosition(stream: string): Promise<number> {
  const { head, floor } = await boundsOf(stream);
  return Math.max(head - chatLimits.firstJoin, floor);
}
