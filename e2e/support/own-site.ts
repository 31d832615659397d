import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startInngest } from "../../embedded/inngest";
import { keysOf } from "../../embedded/inngest/keys";
import { startOpenAI } from "../../embedded/openai";
import { MODEL } from "../../embedded/openai/request";
import { startRedis } from "../../embedded/redis";
import { startS3 } from "../../embedded/s3";
import { createFaultyProxy, type FaultyProxy } from "./faulty-proxy";
import { newGuest } from "./guest";
import { createDatabase, type OwnDatabase } from "./own-database";
import { type OwnInstance, startInstance } from "./own-instance";
import type { Store, UploadsGuest } from "./uploads";

export type ServiceName = "store" | "redis" | "jobs" | "model";

/** An instance, and everything behind it, of a test's own: what it breaks is nobody else's. */
export interface OwnSite {
  base: string;
  instance: OwnInstance;
  database: OwnDatabase;
  /** The way to each service. */
  services: Record<ServiceName, FaultyProxy>;
  /** The store itself, past its proxy. */
  store: Store;
  newGuest(): Promise<UploadsGuest>;
  stop(): Promise<void>;
}

/** What such an instance waits for its store, with bytes of a file: not a minute, as it does elsewhere. */
export const STORE_PATIENCE_SECONDS = 10;

const KEY = "a key of the tests' own";
const keys = keysOf(KEY);
const credentials = { accessKeyId: "tests", secretAccessKey: KEY };
const bucket = "tests";
const xml = '<?xml version="1.0" encoding="UTF-8"?>\n<ListPartsResult><Bucket>tests</Bu';
const event = 'data: {"choices":[{"index":0,"delta":{"content":"Hal';

/** Starts one; with `storeDir`, the store's folder is that. */
export async function startSite(options: { storeDir?: string } = {}): Promise<OwnSite> {
  const ends: (() => Promise<unknown>)[] = [];
  // The last one first, whatever the others say.
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  const owned = <T>(thing: T, end: (thing: T) => Promise<unknown>): T => {
    ends.push(() => end(thing));
    return thing;
  };
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<OwnSite> {
    const database = owned(await createDatabase(), ({ drop }) => drop());
    const dataDir =
      options.storeDir ??
      owned(await mkdtemp(join(tmpdir(), "patternbook-store-")), (dir) =>
        rm(dir, { recursive: true, force: true }),
      );
    const s3 = await startS3({ dataDir, port: 0, bucket, ...credentials });
    const redis = await startRedis({ token: KEY });
    const model = await startOpenAI({ root: process.cwd(), apiKey: KEY, tokensPerSecond: 0 });
    for (const service of [s3, redis, model]) owned(service, ({ stop }) => stop());

    let jobsUrl = "";
    const proxy = async (target: () => string, type: string, text: string) =>
      owned(await createFaultyProxy(target, { type, text }), ({ close }) => close());
    const json = "application/json";
    const services = {
      store: await proxy(() => s3.endpoint, "application/xml", xml),
      redis: await proxy(() => redis.url, json, '{"result":[1,17000'),
      jobs: await proxy(() => jobsUrl, json, '{"ids":["01JAAAAAAA'),
      model: await proxy(() => model.baseUrl, "text/event-stream", event),
    };
    const instance = owned(
      await startInstance({
        DATABASE_URL: database.url,
        S3_ENDPOINT: services.store.url,
        S3_BUCKET: bucket,
        S3_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        UPSTASH_REDIS_REST_URL: services.redis.url,
        UPSTASH_REDIS_REST_TOKEN: KEY,
        INNGEST_BASE_URL: services.jobs.url,
        INNGEST_EVENT_KEY: keys.eventKey,
        INNGEST_SIGNING_KEY: keys.signingKey,
        OPENAI_BASE_URL: `${services.model.url}/v1`,
        OPENAI_API_KEY: KEY,
        OPENAI_MODEL: MODEL,
        OPENAI_FIRST_BYTE_SECONDS: "1",
        OPENAI_SILENCE_SECONDS: "1",
        S3_PATIENCE_SECONDS: String(STORE_PATIENCE_SECONDS),
      }),
      ({ end }) => end("SIGTERM"),
    );
    const { base } = instance;
    const apps = [`${base.replace("localhost", "127.0.0.1")}/api/inngest`];
    const jobs = await startInngest({ databaseUrl: database.url, apps, ...keys, log: () => {} });
    owned(jobs, (executor) => executor.stop());
    await jobs.ready;
    jobsUrl = jobs.url;

    const store = { endpoint: s3.endpoint, region: "us-east-1", bucket, credentials };
    return {
      ...{ base, instance, database, services, store, stop },
      newGuest: async () => ({ ...(await newGuest("Ada", base)), base, store }),
    };
  }
}
