import { type Logger, pino } from "pino";
import { env } from "./env";
import { remember } from "./remember";

/** What must never reach a log, wherever it stands in the object. */
const secrets = ["token", "authorization", "cookie", "headers.cookie", "headers.authorization"];

/** The process's logger: one JSON line an event, the instance's name on each. */
export const logger = (): Logger =>
  remember("logger", () =>
    pino({
      level: env().LOG_LEVEL,
      base: { instance: env().INSTANCE_NAME, pid: process.pid },
      redact: { paths: secrets, censor: "[redacted]" },
    }),
  );
