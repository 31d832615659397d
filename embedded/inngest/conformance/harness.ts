import { createHash, randomUUID } from "node:crypto";
import type { Inngest } from "inngest";
import { expect } from "vitest";
import { startInngest } from "../index.ts";
import { client, type Keys, startApp } from "./app.ts";
import type { Effect } from "./functions/tools.ts";

/** What GET /v1/runs/{id} says. */
export interface RunState {
  run_id: string;
  function_id: string;
  status: string;
  output: unknown;
}

export interface Harness {
  inngest: Inngest;
  appUrl: string;
  url: string;
  keys: Keys;
  effects: Effect[];
  log: string[];
  /** Sends an event of its own tag, and answers the tag and the event's id. */
  send(name: string, data?: object, id?: string): Promise<{ tag: string; eventId: string }>;
  /** The effects of a tag: `what`, or `what/attempt`, in their order. */
  seen(tag: string): string[];
  api(path: string, method?: string, body?: object): Promise<Response>;
  runs(eventId: string): Promise<RunState[]>;
  /** Waits until every run of the event has ended, and answers them. */
  ended(eventId: string, count?: number): Promise<RunState[]>;
  stop(): Promise<void>;
}

/** A server of somebody: `npx inngest-cli dev -u <app>`, say. Then the app's port must be known to it. */
const given = process.env.INNGEST_CONFORMANCE_URL;
export const embedded = !given;
/** The real server waits 15 seconds and more before a retry. */
export const PATIENCE_MS = embedded ? 15_000 : 180_000;

export const KEYS: Required<Keys> = {
  eventKey: "conformance-event-key",
  signingKey: `signkey-test-${createHash("sha256").update("conformance").digest("hex")}`,
};

/** Starts the app, and the executor unless one is given. */
export async function startHarness(databaseUrl: string): Promise<Harness> {
  const effects: Effect[] = [];
  const log: string[] = [];
  const app = await startApp(Number(process.env.INNGEST_CONFORMANCE_APP_PORT || 0));
  const keys: Keys = embedded
    ? KEYS
    : { eventKey: process.env.INNGEST_EVENT_KEY, signingKey: process.env.INNGEST_SIGNING_KEY };
  const executor = given
    ? undefined
    : await startInngest({
        databaseUrl,
        apps: [app.url],
        ...keys,
        backoff: () => 100,
        log: (line) => log.push(line),
      });
  await executor?.ready;
  const url = given ?? (executor?.url as string);
  const inngest = client(url, keys);
  app.serve(inngest, {
    record: (effect) => effects.push(effect),
    cron: embedded ? "*/2 * * * * *" : "* * * * *",
    slowMs: 300,
  });

  const api = (path: string, method = "GET", body?: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.signingKey ?? ""}` },
      body: body && JSON.stringify(body),
    });
  const runs = async (eventId: string): Promise<RunState[]> =>
    (await (await api(`/v1/events/${eventId}/runs`)).json()).data;
  return {
    inngest,
    appUrl: app.url,
    url,
    keys,
    effects,
    log,
    api,
    runs,
    async send(name, data = {}, id) {
      const tag = randomUUID();
      const { ids } = await inngest.send({
        name: `conformance/${name}`,
        data: { tag, ...data },
        ...(id ? { id } : {}),
      });
      return { tag, eventId: ids[0] as string };
    },
    seen: (tag) =>
      effects
        .filter((effect) => effect.tag === tag)
        .map(({ what, attempt }) => (attempt ? `${what}/${attempt}` : what)),
    ended: (eventId, count = 1) =>
      until(async () => {
        const found = await runs(eventId);
        const over = found.filter((run) => !["Scheduled", "Running"].includes(run.status));
        return found.length >= count && over.length === found.length ? found : undefined;
      }),
    async stop() {
      await executor?.stop();
      await app.stop();
    },
  };
}

/** What a run has returned. A server other than ours may leave it empty: then it has not said it. */
export function expectOutput(output: unknown, expected: unknown): void {
  if (!embedded && (output === "" || output === null || output === undefined)) return;
  expect(output).toEqual(expected);
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${patienceMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
