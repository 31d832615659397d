import { join } from "node:path";
import { keysOf } from "../embedded/inngest/keys.ts";
import { MODEL } from "../embedded/openai/request.ts";
import { ACCESS_KEY_ID, BUCKET, REGION } from "../embedded/s3/index.ts";
import { readSecrets, serviceKey } from "../embedded/secrets.ts";
import { startEmbedded } from "./embedded.ts";
import { keepPostgres } from "./postgres.ts";

/** The backing services as the application sees them: variables, and a way to end ours. */
export interface Services {
  databaseUrl: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** One service: its variables, whether it is an embedded one, and how that ends. */
interface Service {
  name: string;
  env: Record<string, string>;
  embedded: boolean;
  stop(): Promise<void>;
}

/** One that is started in the process of the embedded services. */
interface Planned {
  name: string;
  /** What that process needs for it. */
  own?: Record<string, string>;
  /** The variables of the application, once address and key are known. */
  env(address: string, key: string): Record<string, string>;
  /** For the log, before the address. */
  says: string;
}

type Log = (line: string) => void;

/**
 * Takes from the environment what it names, and starts the embedded service for the rest.
 * @param origins of the instances: their pages may send requests to the store, the executor calls them
 */
export async function startServices(
  dataDir: string,
  log: Log,
  origins: readonly string[] = [],
): Promise<Services> {
  const secret = process.env.SESSION_SECRET || (await readSecrets(dataDir)).SESSION_SECRET;
  const started: Service[] = [];
  // The last one first: Postgres outlives what may use it.
  const stop = async () => {
    for (const service of started.toReversed()) await service.stop();
  };
  try {
    const postgres = await database(dataDir, log);
    started.push(postgres);
    const databaseUrl = postgres.env.DATABASE_URL as string;
    const planned = [
      answerer(),
      executor(databaseUrl, origins),
      redis(),
      objectStore(dataDir, origins),
    ].filter((plan) => plan !== undefined);
    if (planned.length > 0) started.push(...(await others(planned, dataDir, log)));
  } catch (error) {
    await stop();
    throw error;
  }
  const env: Record<string, string> = Object.assign({}, ...started.map((service) => service.env));
  env.SESSION_SECRET = secret;
  env.EMBEDDED_SERVICES = started
    .filter(({ embedded }) => embedded)
    .map(({ name }) => name)
    .join(",");
  return { databaseUrl: env.DATABASE_URL as string, env, stop };
}

async function database(dataDir: string, log: Log): Promise<Service> {
  const given = process.env.DATABASE_URL;
  if (given) {
    const env = { DATABASE_URL: given };
    return { name: "postgres", env, embedded: false, stop: async () => undefined };
  }
  const { url, stop } = await keepPostgres(dataDir, log);
  return { name: "postgres", env: { DATABASE_URL: url }, embedded: true, stop };
}

/** A key alone means OpenAI, an address alone a server that wants no key: either is a choice. */
function answerer(): Planned | undefined {
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = process.env;
  if (OPENAI_API_KEY || OPENAI_BASE_URL) return undefined;
  return {
    name: "openai",
    says: "The docs answerer runs at",
    env: (OPENAI_BASE_URL, OPENAI_API_KEY) => ({
      OPENAI_BASE_URL,
      OPENAI_API_KEY,
      OPENAI_MODEL: MODEL,
      // It reports what it looks up, where it is asked to.
      OPENAI_REASONING_EFFORT: process.env.OPENAI_REASONING_EFFORT || "low",
    }),
  };
}

/** Where it keeps its counters is the child's to see: REDIS_URL, or its own memory. */
function redis(): Planned | undefined {
  if (process.env.UPSTASH_REDIS_REST_URL) return undefined;
  return {
    name: "redis",
    says: "The Redis for rate limits runs at",
    env: (UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN) => ({
      UPSTASH_REDIS_REST_URL,
      UPSTASH_REDIS_REST_TOKEN,
    }),
  };
}

/** A bucket alone means AWS. Its keys alone are no choice: many a shell has some for other purposes. */
function objectStore(dataDir: string, origins: readonly string[]): Planned | undefined {
  const { S3_ENDPOINT, S3_BUCKET } = process.env;
  if (S3_ENDPOINT || S3_BUCKET) return undefined;
  return {
    name: "s3",
    says: "The object store runs at",
    own: { EMBEDDED_S3_DATA: join(dataDir, "s3"), EMBEDDED_S3_ORIGINS: origins.join(",") },
    env: (S3_ENDPOINT, AWS_SECRET_ACCESS_KEY) => ({
      S3_ENDPOINT,
      S3_BUCKET: BUCKET,
      S3_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY,
    }),
  };
}

/** Keys alone mean Inngest Cloud, INNGEST_DEV alone a dev server: any of them is a choice. */
function executor(databaseUrl: string, origins: readonly string[]): Planned | undefined {
  const { INNGEST_BASE_URL, INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY, INNGEST_DEV } = process.env;
  if (INNGEST_BASE_URL || INNGEST_EVENT_KEY || INNGEST_SIGNING_KEY || INNGEST_DEV) return undefined;
  const apps = origins
    .filter((origin) => origin.startsWith("http://127.0.0.1:"))
    .map((origin) => `${origin}/api/inngest`);
  return {
    name: "inngest",
    says: "The executor of jobs runs at",
    own: { EMBEDDED_INNGEST_DATABASE: databaseUrl, EMBEDDED_INNGEST_APPS: apps.join(",") },
    env: (address, key) => ({
      INNGEST_BASE_URL: address,
      INNGEST_EVENT_KEY: keysOf(key).eventKey,
      INNGEST_SIGNING_KEY: keysOf(key).signingKey,
    }),
  };
}

/** All of them are one process: they start, die and end together. */
async function others(planned: readonly Planned[], dataDir: string, log: Log): Promise<Service[]> {
  const secrets = await readSecrets(dataDir);
  const keys = Object.fromEntries(planned.map(({ name }) => [name, serviceKey(secrets, name)]));
  const own: Record<string, string> = Object.assign({}, ...planned.map((plan) => plan.own));
  const { addresses, stop } = await startEmbedded({ keys, env: own, log });
  return planned.map(({ name, says, env }) => {
    const address = addresses[name] as string;
    log(`${says} ${address}`);
    return { name, env: env(address, keys[name] as string), embedded: true, stop };
  });
}
