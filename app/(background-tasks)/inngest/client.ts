import { Inngest } from "inngest";
import { env } from "@/lib/env";
import { logger } from "@/lib/logger";
import { RefuseReplays } from "./refuse-replays";

/** Arguments of the SDK's logger: pino wants the object first. */
const line =
  (level: "info" | "warn" | "error" | "debug") =>
  (...args: unknown[]) => {
    const words = args.filter((arg) => typeof arg === "string");
    const objects = args.filter((arg) => typeof arg === "object");
    logger()[level](Object.assign({}, ...objects), `inngest: ${words.join(" ")}`);
  };

/** What the SDK says, with a stack, of a call that is badly signed. Anybody can make one: the route says it. */
const BADLY_SIGNED = "Signature validation failed";

const fault = (...args: unknown[]) =>
  line(args.includes(BADLY_SIGNED) ? "debug" : "error")(...args);

/**
 * One attempt. The SDK makes five, with pauses: all of them are over before the relay's claim is. It has
 * no limit of its own, and fetch waits for an answer for five minutes.
 */
const ATTEMPT_MS = 2_000;

const impatient: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: AbortSignal.timeout(ATTEMPT_MS) });

function createClient() {
  const { INNGEST_DEV, INNGEST_BASE_URL, INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY } = env();
  return new Inngest({
    id: "patternbook",
    // Said outright: the SDK would guess it from the environment.
    isDev: INNGEST_DEV,
    baseUrl: INNGEST_BASE_URL,
    eventKey: INNGEST_EVENT_KEY,
    signingKey: INNGEST_SIGNING_KEY,
    fetch: impatient,
    // One call, one step: what is done is stored before the next step begins.
    checkpointing: false,
    middleware: [RefuseReplays],
    logger: { info: line("info"), warn: line("warn"), error: fault, debug: line("debug") },
  });
}

let client: ReturnType<typeof createClient> | undefined;

/**
 * This module instance's client. Not remembered on globalThis: the SDK's classes of server.ts and
 * of the routes are different ones.
 */
export function inngest() {
  client ??= createClient();
  return client;
}
