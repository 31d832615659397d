import type { Namespace, Socket } from "socket.io";
import { env } from "@/lib/env";
import { invalid, problemOf } from "@/lib/http";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { identityOf, requireIdentity } from "@/lib/sockets/identity";
import { listen } from "@/lib/sockets/on";
import { outgoingOf } from "@/lib/sockets/outgoing";
import { traffic } from "@/lib/traffic";
import { handshake, realtimeLimits, type ServerEvents } from "../contract";
import { streamOf, toEntry } from "../entries";
import { audience, labelOf, sources } from "../live";

type RealtimeSocket = Socket<Record<string, never>, ServerEvents>;

/**
 * The stream over Socket.IO. The position is in the handshake: a connection that was lost is made
 * again with the position that was reached, and nothing else is needed to resume.
 *
 * @returns ends what the namespace keeps running, and the sources of this process
 */
export function serveRealtime(namespace: Namespace): () => Promise<void> {
  requireIdentity(namespace);
  namespace.use(readHandshake);
  namespace.on("connection", (socket) => void follow(socket));
  return async () => {
    audience().close();
    await sources().close();
  };
}

/** Refuses a bad position, and one reader too many, before the connection stands. */
function readHandshake(socket: Socket, next: (error?: Error) => void): void {
  const { userId } = identityOf(socket);
  try {
    const { after, run } = socket.handshake.auth as Record<string, unknown>;
    const parsed = handshake.safeParse({ after, run });
    if (!parsed.success) throw invalid(parsed.error, "invalid-handshake");
    socket.data.begin = parsed.data;
    const leave = audience().enter(userId, "websocket");
    socket.conn.once("close", leave);
    socket.once("disconnect", leave);
    next();
  } catch (error) {
    const { problem } = problemOf(error, { socket: socket.id });
    next(Object.assign(new Error(problem.title), { data: problem }));
  }
}

async function follow(socket: RealtimeSocket): Promise<void> {
  const { userId } = identityOf(socket);
  const { after, run } = socket.data.begin;
  const gone = new AbortController();
  const outgoing = outgoingOf(socket);
  const endTraffic =
    run && traffic().follow(socket.conn.request.socket, labelOf(userId, run, "websocket"));
  socket.once("disconnect", () => {
    gone.abort();
    if (endTraffic) endTraffic();
  });
  // Nothing is asked of the server on this lane: whatever comes is answered as unknown.
  listen(socket, {});
  socket.emit("hello", { instance: env().INSTANCE_NAME });

  try {
    for await (const batch of log().tailBatches(streamOf(userId), after, gone.signal)) {
      if (batch.kind === "reset") socket.emit("reset", { oldest: batch.oldest });
      else socket.emit("entries", { entries: batch.entries.map(toEntry) });
      // One that does not read is waited for: what it misses stays in the log, not in memory.
      await outgoing.below(realtimeLimits.pendingBytes);
    }
  } catch (err) {
    logger().warn({ err }, "realtime socket failed");
    // The transport, not the namespace: the client comes back by itself, with its position.
    socket.conn.close();
  }
}
