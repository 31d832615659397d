import { pool } from "../db/pool";
import { env } from "../env";
import { logger } from "../logger";
import { remember } from "../remember";
import type { Bus } from "./bus";
import { createPostgresBus } from "./postgres";
import { createRedisBus } from "./redis";

/** The process's bus. The one place that knows which: Redis where REDIS_URL names one. */
export const bus = (): Bus =>
  remember("bus", () => {
    const { REDIS_URL, DATABASE_URL } = env();
    const onError = (err: Error) => logger().warn({ err }, "bus connection lost");
    return REDIS_URL
      ? createRedisBus(REDIS_URL, onError)
      : createPostgresBus(pool(), DATABASE_URL, onError);
  });
