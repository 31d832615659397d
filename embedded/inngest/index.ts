import { once, setMaxListeners } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defaultBackoff } from "./backoff.ts";
import { type Database, openDatabase } from "./database.ts";
import { type Engine, startEngine } from "./engine.ts";
import { ApiError, sendError } from "./exchange.ts";
import type { Executor } from "./executor.ts";
import { Instances } from "./instances.ts";
import { type Lead, lead } from "./leader.ts";
import { route } from "./router.ts";

export interface InngestOptions {
  /** Default: any free one, on 127.0.0.1. */
  port?: number;
  /** Its schemas `inngest_embedded` and `inngest_embedded_queue` are created. */
  databaseUrl: string;
  /** The serve endpoints of the apps, `http://…/api/inngest`: instances of one app, or of several. */
  apps: readonly string[];
  /** What senders have in the path; without one, any. */
  eventKey?: string;
  /** Signs calls and checks answers; without one, the apps must be in dev mode. */
  signingKey?: string;
  /** Calls under way at once. */
  concurrency?: number;
  /** Milliseconds until the retry after the attempt of this number, from 0. */
  backoff?: (attempt: number) => number;
  now?: () => number;
  random?: () => number;
  log?: (line: string) => void;
}

export interface EmbeddedInngest {
  /** What INNGEST_BASE_URL is. */
  url: string;
  /** Resolves once the database is its own for the first time, and it takes events. */
  ready: Promise<void>;
  /** Waits two seconds for calls under way; the next start makes again those that are left. Idempotent. */
  stop(): Promise<void>;
}

const GRACE_MS = 2_000;

/**
 * Starts an executor of Inngest functions: a server on loopback, its state and its queue in Postgres.
 * Resolves once it listens; it answers 503, for which the SDK waits, until the database is its own.
 */
export async function startInngest(options: InngestOptions): Promise<EmbeddedInngest> {
  const { databaseUrl, apps, eventKey, concurrency = 100 } = options;
  const { now = Date.now, random = Math.random } = options;
  const { log = (line: string) => console.error(`inngest: ${line}`) } = options;
  const ending = new AbortController();
  let current: { ex: Executor; engine: Engine; db: Database } | undefined;

  async function start(held: Lead) {
    const db = await openDatabase(databaseUrl, log);
    const abort = new AbortController();
    // Each call under way listens.
    setMaxListeners(0, abort.signal);
    const wakers = new Map<string, () => void>();
    const ex: Executor = {
      db,
      instances: new Instances(apps, ({ url }) => wakers.get(url)?.()),
      functions: new Map(),
      missing: new Map(),
      signingKey: options.signingKey,
      now,
      random,
      backoff: options.backoff ?? ((attempt) => defaultBackoff(attempt, random)),
      log,
      signal: abort.signal,
    };
    // Whoever has lost the lock must not write any more: another executor may have it.
    held.lost.addEventListener("abort", () => abort.abort());
    try {
      const engine = await startEngine(ex, abort, concurrency, wakers);
      current = { ex, engine, db };
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** Leads, works, and begins anew when the database goes away under it. */
  async function work(onReady: () => void): Promise<void> {
    while (!ending.signal.aborted) {
      const held = await lead(databaseUrl, ending.signal, log);
      if (!held) return;
      try {
        await start(held);
        onReady();
        await Promise.race([over(held.lost), over(ending.signal), current?.engine.ended]);
      } catch (error) {
        log(`It starts again: ${(error as Error).message}`);
        if (!ending.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 500));
      } finally {
        const last = current;
        current = undefined;
        await last?.engine.stop(held.lost.aborted ? 0 : GRACE_MS);
        await last?.db.close();
        await held.release().catch(() => undefined);
      }
    }
  }

  const server = createServer((request, response) => {
    const answered = current
      ? route(current.ex, request, response, eventKey)
      : Promise.reject(new ApiError(503, "The executor is starting. Try again."));
    answered.catch((error: unknown) => sendError(response, error, log));
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  let becomeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const working = work(becomeReady);
  let stopping: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    ready,
    stop() {
      stopping ??= (async () => {
        ending.abort();
        const closed = new Promise((resolve) => server.close(resolve));
        await working;
        server.closeAllConnections();
        await closed;
      })();
      return stopping;
    },
  };
}

/** Resolves when the signal is aborted. */
function over(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
