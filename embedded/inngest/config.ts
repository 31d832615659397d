import { z } from "zod";
import { nextTick } from "./cron.ts";
import { durationMs } from "./duration.ts";
import { checkExpression } from "./expression.ts";
import { isTriggerName } from "./trigger-name.ts";

const trigger = z.union([
  z.object({ event: z.string().min(1), expression: z.string().optional() }),
  z.object({ cron: z.string().min(1), jitter: z.string().optional() }),
]);

const limit = z.object({
  limit: z.number().int(),
  key: z.string().optional(),
  scope: z.string().optional(),
});

const wire = z.object({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(trigger),
  steps: z.record(
    z.string(),
    z.object({
      runtime: z.object({ type: z.string() }),
      retries: z.object({ attempts: z.number().int().min(0).optional() }).optional(),
    }),
  ),
  concurrency: z.union([z.number().int(), limit, z.array(limit)]).optional(),
  batchEvents: z
    .object({
      maxSize: z.number().int().min(1),
      timeout: z.string(),
      key: z.string().optional(),
      if: z.string().optional(),
    })
    .optional(),
  cancel: z
    .array(
      z.object({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() }),
    )
    .optional(),
});

/** A function as the executor knows it. */
export interface Config {
  id: string;
  appId: string;
  /** The first attempt and the retries. */
  maxAttempts: number;
  events: { event: string; expression?: string }[];
  crons: string[];
  /** Steps under way at once, for each value of the key; waiting and sleeping take no place. */
  concurrency?: { limit: number; key?: string };
  batch?: { maxSize: number; timeoutMs: number; key?: string };
  cancel: { event: string; if?: string; timeoutMs?: number }[];
}

/** Options that the SDK takes and this executor does not honour: better no function than another one. */
const REFUSED = [
  "debounce",
  "idempotency",
  "priority",
  "rateLimit",
  "singleton",
  "throttle",
  "timeouts",
] as const;

/**
 * One function from what the SDK registers.
 * @throws Error "not supported here: …" for what is not honoured, or says what is malformed
 */
export function readConfig(given: unknown, appId: string): Config {
  const id = String((given as { id?: unknown } | null)?.id);
  const refuse = (what: string): never => {
    throw new Error(`The function ${id} is not registered; not supported here: ${what}.`);
  };
  for (const name of REFUSED) {
    if ((given as Record<string, unknown>)[name] != null) refuse(name);
  }
  const parsed = wire.safeParse(given);
  if (!parsed.success) return refuse(z.prettifyError(parsed.error));
  const { data } = parsed;
  const length = (text: string) => durationMs(text) ?? refuse(`the duration ${text}`);
  const expression = (text: string | undefined) => {
    try {
      if (text) checkExpression(text);
    } catch (error) {
      refuse(`the expression ${text} (${(error as Error).message})`);
    }
    return text;
  };
  const step = data.steps.step ?? refuse("a function without a step called step");
  if (step.runtime.type !== "http") refuse("Connect");

  const limits = [data.concurrency ?? []].flat();
  if (limits.length > 1) refuse("more than one concurrency limit");
  const [first] = limits.map((entry) => (typeof entry === "number" ? { limit: entry } : entry));
  if (first && "scope" in first && first.scope && first.scope !== "fn") {
    refuse(`the concurrency scope ${first.scope}`);
  }
  if (data.batchEvents?.if) refuse("batchEvents.if");

  const config: Config = {
    id,
    appId,
    maxAttempts: (step.retries?.attempts ?? 3) + 1,
    events: [],
    crons: [],
    cancel: (data.cancel ?? []).map((entry) => ({
      event: entry.event,
      if: expression(entry.if),
      timeoutMs: entry.timeout === undefined ? undefined : length(entry.timeout),
    })),
  };
  for (const each of data.triggers) {
    if ("cron" in each) {
      if (each.jitter) refuse("jitter");
      try {
        nextTick(each.cron, 0);
      } catch (error) {
        refuse(`the schedule ${each.cron} (${(error as Error).message})`);
      }
      config.crons.push(each.cron);
    } else {
      if (!isTriggerName(each.event)) {
        refuse(`the wildcard in ${each.event} (only "*" at the end, after "/" or ".")`);
      }
      config.events.push({ event: each.event, expression: expression(each.expression) });
    }
  }
  // 0 means no limit, as it does at Inngest.
  if (first && first.limit > 0) {
    config.concurrency = {
      limit: first.limit,
      key: expression("key" in first ? first.key : undefined),
    };
  }
  if (data.batchEvents) {
    const { maxSize, timeout, key } = data.batchEvents;
    config.batch = { maxSize, timeoutMs: length(timeout), key: expression(key) };
  }
  return config;
}
