import { bus } from "../bus";
import { appendPool, pool } from "../db/pool";
import { logger } from "../logger";
import { metrics } from "../metrics";
import { remember } from "../remember";
import { createLog, type Log } from "./log";

/** The process's log. */
export const log = (): Log =>
  remember("log", () =>
    createLog({
      pool: pool(),
      appendPool: appendPool(),
      bus: bus(),
      onError: (err) => logger().warn({ err }, "log reader failed; it tries again"),
      onLatency: (seconds) => metrics().appendSeconds.observe(seconds),
      onOverflow: () => metrics().queueOverflows.inc(),
    }),
  );
