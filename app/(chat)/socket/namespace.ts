import type { Namespace, Socket } from "socket.io";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { lifecycle } from "@/lib/lifecycle";
import { addressOf } from "@/lib/sockets/address";
import { identityOf, requireIdentity } from "@/lib/sockets/identity";
import { handler, listen } from "@/lib/sockets/on";
import { outgoingOf } from "@/lib/sockets/outgoing";
import {
  chatLimits,
  joinPayload,
  leavePayload,
  measurePayload,
  type Person,
  sendPayload,
  typingPayload,
} from "../contract";
import { liveChat } from "../live";
import { storeMessage } from "../messages";
import { openRoom } from "../rooms";
import { createFeeds } from "./feed";
import { keepInUse } from "./in-use";
import { createSendLimit } from "./limits";
import { createPresence } from "./presence";

/**
 * The chat over Socket.IO: the cheat sheet's ConnectionManager, done right. A connection is a
 * verified session; a message is acknowledged after its commit; delivery is read from the log, so
 * it is the same on every instance and whoever was away is sent what they missed.
 *
 * @param touchMs how often it is written down which rooms are in use
 * @returns ends what the namespace keeps running
 */
export function serveChat(
  namespace: Namespace,
  touchMs: number = chatLimits.roomTouchMs,
): () => void {
  requireIdentity(namespace);
  namespace.use(refuseTooMany(namespace));
  const presence = createPresence(namespace, lifecycle().bootId);
  liveChat().people = (room) => presence.inRoom(room).count;
  const feeds = createFeeds(namespace);
  const sendLimit = createSendLimit();
  const stopTouching = keepInUse(feeds, touchMs);

  namespace.on("connection", (socket) => {
    const { userId, name } = identityOf(socket);
    const me: Person = { userId, name };
    const rooms = new Set<string>();
    const address = addressOf(socket.request);
    const maySend = sendLimit(userId, address);
    const mayAct = createSendLimit()(userId, address);
    outgoingOf(socket);

    function leave(room: string): void {
      if (!rooms.delete(room)) return;
      feeds.leave(socket, room);
      presence.leave(room, userId);
    }

    listen(socket, {
      /** Sends what came after `after`, then everything as it comes. */
      join: handler(joinPayload, async ({ room, after }) => {
        mayAct();
        await openRoom(room, userId);
        // It may have gone while the database was asked: nobody would take it out again.
        if (!socket.connected) return {};
        leave(room);
        if (rooms.size >= chatLimits.roomsPerSocket) throw tooManyRooms();
        rooms.add(room);
        presence.join(room, me);
        try {
          const reached = await feeds.enter(socket, room, after);
          return { ...reached, ...presence.inRoom(room) };
        } catch (error) {
          leave(room);
          throw error;
        }
      }),

      leave: handler(leavePayload, ({ room }) => {
        leave(room);
        return {};
      }),

      /** Acknowledged after the commit. Who sends comes from the token, not from the payload. */
      send: handler(sendPayload, async ({ room, id, text }) => {
        maySend();
        assertIn(rooms, room);
        const { seq, at, fresh } = await storeMessage(room, me, id, text);
        return { seq, at: at.toISOString(), repeated: !fresh };
      }),

      measure: handler(measurePayload, () => {
        mayAct();
        return {};
      }),

      /** Ephemeral: to the others in the room, on every instance, and kept nowhere. */
      typing: handler(typingPayload, ({ room, typing }) => {
        mayAct();
        assertIn(rooms, room);
        socket.to(room).volatile.emit("typing", { room, ...me, typing });
        return {};
      }),
    });

    socket.on("disconnect", () => {
      for (const room of rooms) leave(room);
    });
    const { bootId } = lifecycle();
    socket.emit("hello", { instance: env().INSTANCE_NAME, bootId, ...me });
  });

  return () => {
    stopTouching();
    presence.close();
  };
}

function refuseTooMany(namespace: Namespace) {
  return (socket: Socket, next: (error?: Error) => void) => {
    const { userId } = identityOf(socket);
    let open = 0;
    for (const other of namespace.sockets.values()) if (identityOf(other).userId === userId) open++;
    if (open < chatLimits.socketsPerUser) return next();
    const detail = `A guest may have ${chatLimits.socketsPerUser} connections. Close one first.`;
    const problem = new HttpError(429, "too-many-connections", detail).problem();
    next(Object.assign(new Error("too many connections"), { data: problem }));
  };
}

/** A room that one is not in answers as one that is not there. */
function assertIn(rooms: Set<string>, room: string): void {
  if (!rooms.has(room)) throw new HttpError(404, "not-found", "Join the room first.");
}

const tooManyRooms = () =>
  new HttpError(
    429,
    "too-many-rooms",
    `A connection may be in ${chatLimits.roomsPerSocket} rooms.`,
  );
