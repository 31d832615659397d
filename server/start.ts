import type { Server } from "node:http";
import { bus } from "@/lib/bus";
import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import { logger } from "@/lib/logger";
import { revocations } from "@/lib/session/revocations";

const RETRY_MS = 1_000;
/**
 * Connections that wait to be accepted: everybody comes back at once after a restart. Beyond it the
 * system leaves clients waiting that believe they are connected. Linux allows 4,096 (somaxconn).
 */
const BACKLOG = 4_096;

/**
 * Makes the process ready: the bus listens, and the logged-out sessions are known. A database that
 * is not there yet is waited for; until then /readyz says no.
 */
export async function becomeReady(stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await revocations().follow(stopped);
      await bus().ready();
      if (lifecycle().phase === "starting") lifecycle().phase = "ready";
      return;
    } catch (err) {
      logger().warn({ err }, "not ready yet; trying again");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Listens on HOST and PORT. Rejects with a sentence where the port is taken. */
export function listen(server: Server): Promise<void> {
  const { HOST, PORT } = env();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`Port ${PORT} is taken. Choose another: PORT=${PORT + 10}`) : error);
    });
    server.listen({ host: HOST, port: PORT, backlog: BACKLOG }, resolve);
  });
}
