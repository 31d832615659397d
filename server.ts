import next from "next";
import { serveJobs } from "@/app/(background-tasks)/serve";
import { serveChat } from "@/app/(chat)/socket/namespace";
import { sweepRooms } from "@/app/(chat)/unused-rooms";
import { serveRealtime } from "@/app/(realtime)/socket/namespace";
import { serveCompletions } from "@/app/(token-stream)/completion/serve";
import { streamingOver } from "@/app/(uploads)/receive/slots";
import { sweepUploads } from "@/app/(uploads)/remove";
import { bus } from "@/lib/bus";
import { appendPool, pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { adapterPool } from "@/lib/sockets/adapter-pool";
import { closeSockets, createSocketServer } from "@/lib/sockets/server";
import { registerSweep } from "@/lib/sweeps";
import { createHttpServer } from "@/server/http";
import { createLane } from "@/server/lane/lane";
import { leave, shutDown } from "@/server/shutdown";
import { coverSockets } from "@/server/sockets";
import { becomeReady, listen } from "@/server/start";

// The process: one HTTP server with Next behind it and Socket.IO beside it.

const dev = process.argv.includes("--dev");
const { HOST, PORT, INSTANCE_NAME, DIRECT_LANE, SHUTDOWN_DELAY_SECONDS } = readEnvOrExit();

const app = next({ dev, hostname: HOST, port: PORT });
const lane =
  dev || !DIRECT_LANE ? undefined : createLane((await import("patternbook:routes")).routes);
const server = createHttpServer(
  { next: (request, response) => void handle(request, response), lane },
  dev,
);
const io = createSocketServer(server);
coverSockets(io);
const stopped = new AbortController();
const endChat = serveChat(io.of("/chat"));
const endRealtime = serveRealtime(io.of("/realtime"));
const handOverCompletions = serveCompletions();
const endJobs = serveJobs();
registerSweep("uploads", sweepUploads);
registerSweep("rooms that nobody uses", sweepRooms);

await app.prepare();
const handle = app.getRequestHandler();
// Hot reload.
const upgrade = app.getUpgradeHandler();
if (dev)
  server.on("upgrade", (request, socket, head) => {
    if (!request.url?.startsWith("/socket.io/")) void upgrade(request, socket, head);
  });

await listen(server).catch((error: Error) => exitWith(error.message));
void becomeReady(stopped.signal);
logger().info({ url: `http://${HOST}:${PORT}`, instance: INSTANCE_NAME }, "listening");

let ending = false;
async function end(why: string): Promise<void> {
  if (ending) return;
  ending = true;
  logger().info({ why }, "shutting down");
  await leave(SHUTDOWN_DELAY_SECONDS * 1_000);
  const handedOver = handOverCompletions();
  const clean = await shutDown({
    server,
    closeSockets: () => closeSockets(io),
    async closeRest() {
      stopped.abort();
      await handedOver;
      endChat();
      await endRealtime();
      await io.close();
      await app.close();
      await endJobs();
      await streamingOver();
      log().close();
      await bus().close();
      await Promise.all([adapterPool().end(), pool().end(), appendPool().end()]);
    },
  });
  logger().info({ clean }, "ended");
  process.exit(0);
}
process.on("SIGTERM", () => void end("SIGTERM"));
process.on("SIGINT", () => void end("SIGINT"));
// The supervisor is gone: nobody would end us.
process.on("disconnect", () => void end("the supervisor went away"));

function readEnvOrExit() {
  try {
    return env();
  } catch (error) {
    return exitWith((error as Error).message);
  }
}

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
