import { fileURLToPath } from "node:url";
import { startInngest } from "./inngest/index.ts";
import { keysOf } from "./inngest/keys.ts";
import { startOpenAI } from "./openai/index.ts";
import { startRedis } from "./redis/index.ts";
import { ACCESS_KEY_ID, BUCKET, startS3 } from "./s3/index.ts";

/**
 * The process of the embedded services other than Postgres: `services.ts openai inngest redis s3`. Their ports and
 * keys come in the environment, so that the next process of this kind has the same. Says over IPC
 * that they listen; ends with the process that has started it.
 */
export interface Listening {
  type: "listening";
  /** The address of each service. */
  services: Record<string, string>;
}

interface Service {
  address: string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

const known: Record<string, () => Promise<Service>> = {
  async openai() {
    const { baseUrl, stop } = await startOpenAI({
      root,
      apiKey: required("EMBEDDED_OPENAI_KEY"),
      port: Number(process.env.EMBEDDED_OPENAI_PORT || 0),
      tokensPerSecond: Number(process.env.EMBEDDED_OPENAI_PACE || 30),
    });
    return { address: baseUrl, stop };
  },
  async redis() {
    const { REDIS_URL, EMBEDDED_REDIS_HOST, EMBEDDED_REDIS_PORT } = process.env;
    const { url, stop } = await startRedis({
      token: required("EMBEDDED_REDIS_KEY"),
      host: EMBEDDED_REDIS_HOST || undefined,
      port: Number(EMBEDDED_REDIS_PORT || 0),
      engine: REDIS_URL ? { url: REDIS_URL } : "memory",
    });
    return { address: url, stop };
  },
  async s3() {
    const { endpoint, stop } = await startS3({
      dataDir: required("EMBEDDED_S3_DATA"),
      port: Number(process.env.EMBEDDED_S3_PORT || 0),
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: required("EMBEDDED_S3_KEY"),
      bucket: BUCKET,
      allowedOrigins: (process.env.EMBEDDED_S3_ORIGINS || "").split(",").filter(Boolean),
    });
    return { address: endpoint, stop };
  },
  async inngest() {
    const { url, stop } = await startInngest({
      port: Number(process.env.EMBEDDED_INNGEST_PORT || 0),
      databaseUrl: required("EMBEDDED_INNGEST_DATABASE"),
      apps: (process.env.EMBEDDED_INNGEST_APPS || "").split(",").filter(Boolean),
      ...keysOf(required("EMBEDDED_INNGEST_KEY")),
    });
    return { address: url, stop };
  },
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

async function main(names: readonly string[]): Promise<void> {
  if (process.env.NODE_ENV === "production" && process.env.EMBEDDED_ALLOW_PRODUCTION !== "1") {
    throw new Error(
      "The embedded services are for trying out. In production they start only where " +
        "EMBEDDED_ALLOW_PRODUCTION is 1.",
    );
  }
  const started: Record<string, Service> = {};
  const end = async () => {
    await Promise.all(Object.values(started).map((service) => service.stop()));
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  process.once("disconnect", () => process.exit(0));

  for (const name of names) {
    const start = known[name];
    if (!start) throw new Error(`There is no embedded service ${name}.`);
    started[name] = await start();
  }
  const services = Object.fromEntries(
    Object.entries(started).map(([name, { address }]) => [name, address]),
  );
  process.send?.({ type: "listening", services } satisfies Listening);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`embedded services: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
});
