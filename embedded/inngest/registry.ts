import canonicalize from "canonicalize";
import { z } from "zod";
import { send } from "./call.ts";
import { type Config, readConfig } from "./config.ts";
import { keepSchedules } from "./cron.ts";
import type { Tx } from "./database.ts";
import type { Executor } from "./executor.ts";
import type { Instance } from "./instances.ts";
import { verify } from "./signature.ts";

/** How often an instance that is up is asked again: its functions may have changed. */
const REFRESH_MS = 10_000;
const FIRST_RETRY_MS = 250;
/** Nobody listens: it is being started again. */
const REFUSED_RETRY_MS = 1_000;
/** It answers something else: it has no functions (yet), or other keys. */
const FOREIGN_RETRY_MS = 10_000;

/** What an app says of itself, in its answer to PUT or in its own POST /fn/register. */
export const registration = z
  .object({
    app_id: z.string().min(1).optional(),
    appName: z.string().min(1).optional(),
    functions: z.array(z.unknown()),
  })
  .transform(({ app_id, appName, functions }) => ({ appId: app_id ?? appName ?? "", functions }));

/** The functions that were registered before the last stop: sleeping runs need not wait for the app. */
export async function loadFunctions(ex: Executor, tx: Tx): Promise<void> {
  const { rows } = await tx.query<{ config: Config }>("select config from functions");
  for (const { config } of rows) ex.functions.set(config.id, config);
}

interface Registered {
  /** Whether the functions of the app are others than before. */
  modified: boolean;
  /** A sentence for each function that asks for what is not supported. It is not registered; the others are. */
  refused: string[];
}

/** Makes these the functions of an app, with their schedules. */
export async function register(ex: Executor, appId: string, given: unknown[]): Promise<Registered> {
  const { configs, refused } = readConfigs(given, appId);
  const known = [...ex.functions.values()].filter((config) => config.appId === appId);
  const text = (list: Config[]) =>
    list
      .map((config) => JSON.stringify(config))
      .sort()
      .join();
  if (text(known) === text(configs)) return { modified: false, refused };
  const gone = known.filter(({ id }) => !configs.some((config) => config.id === id));
  await ex.db.transaction(async (tx) => {
    for (const { id } of gone) {
      await tx.query("delete from functions where id = $1", [id]);
      await keepSchedules(ex, tx, id, []);
    }
    for (const config of configs) {
      await tx.query(
        `insert into functions (id, app_id, config) values ($1, $2, $3)
         on conflict (id) do update set app_id = excluded.app_id, config = excluded.config`,
        [config.id, appId, JSON.stringify(config)],
      );
      await keepSchedules(ex, tx, config.id, config.crons);
    }
  });
  for (const { id } of gone) ex.functions.delete(id);
  for (const config of configs) {
    ex.functions.set(config.id, config);
    ex.missing.delete(config.id);
  }
  ex.log(`${appId}: ${configs.length} functions are registered`);
  return { modified: true, refused };
}

function readConfigs(given: unknown[], appId: string): { configs: Config[]; refused: string[] } {
  const configs: Config[] = [];
  const refused: string[] = [];
  for (const each of given) {
    try {
      configs.push(readConfig(each, appId));
    } catch (error) {
      refused.push((error as Error).message);
    }
  }
  return { configs, refused };
}

/** Registers with one instance, again and again, until the executor ends. `wake` cuts a pause short. */
export async function keepRegistered(
  ex: Executor,
  instance: Instance,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  let failures = 0;
  let said = "";
  while (!ex.signal.aborted) {
    let next = REFRESH_MS;
    try {
      const refused = (await registerWith(ex, instance)).join("\n");
      failures = 0;
      if (refused && refused !== said) ex.log(`${instance.url}: ${refused}`);
      said = refused;
    } catch (error) {
      instance.up = false;
      const { message, foreign } = error as Error & { foreign?: boolean };
      const cap = foreign ? FOREIGN_RETRY_MS : REFUSED_RETRY_MS;
      next = Math.min(cap, FIRST_RETRY_MS * 2 ** failures++);
      // Refused connections and apps without the route are no news; what is wrong is said once.
      if (!(error instanceof Quiet) && message !== said && !ex.signal.aborted) {
        ex.log(`${instance.url}: ${message}`);
        said = message;
      }
    }
    await pause(next);
  }
}

/** A failure that passes by itself. */
class Quiet extends Error {
  readonly foreign: boolean;
  constructor(message: string, foreign: boolean) {
    super(message);
    this.foreign = foreign;
  }
}

const wrong = (message: string) => Object.assign(new Error(message), { foreign: true });

/** @returns what was refused, a sentence for each function */
async function registerWith(ex: Executor, instance: Instance): Promise<string[]> {
  const answer = await send(instance.url, {
    method: "PUT",
    body: canonicalize({ url: instance.url }) as string,
    signingKey: ex.signingKey,
    now: ex.now(),
    signal: ex.signal,
    timeoutMs: 15_000,
  }).catch((error: Error) => {
    throw new Quiet(error.message, false);
  });
  if (!answer.headers["x-inngest-sdk"] && answer.status !== 401) {
    throw new Quiet(`no SDK answers there (status ${answer.status})`, true);
  }
  if (answer.status !== 200) {
    throw wrong(`the registration is refused (status ${answer.status}): do the keys match?`);
  }
  const { signingKey } = ex;
  const signature = answer.headers["x-inngest-signature"];
  if (signingKey && !verify(signature, answer.text, signingKey, ex.now())) {
    throw wrong("the signature of the registration is not valid: do the keys match?");
  }
  const { appId, functions } = registration.parse(JSON.parse(answer.text));
  const { refused } = await register(ex, appId, functions);
  instance.appId = appId;
  instance.up = true;
  return refused;
}
