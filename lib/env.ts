import { existsSync } from "node:fs";
import { z } from "zod";
import { address, isOrigin, isPeer, list, whole } from "./env-kinds";
import { remember } from "./remember";

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** Every variable the application reads. `.env.example` says the same; a test holds them together. */
export const envSchema = z.object({
  DATABASE_URL: address("postgresql", "postgres").describe("the Postgres database (15 or newer)"),
  SESSION_SECRET: z
    .string()
    .min(32, { error: "it has fewer than 32 characters" })
    .describe("signs the guest session, at least 32 characters"),
  SESSION_TTL_SECONDS: whole(7 * 24 * 3600).describe("how long a session lasts, in seconds"),
  HOST: z.string().default("0.0.0.0").describe("the address to listen on"),
  PORT: whole(3000, 1, 65_535).describe("the port to listen on"),
  INSTANCE_NAME: z.string().default("A").describe("the name that pages show"),
  SHUTDOWN_DELAY_SECONDS: whole(0).describe(
    "how long /readyz says 503 after SIGTERM before connections are refused, in seconds",
  ),
  PEERS: list(isPeer, "name=url").describe("the instances, name=url each"),
  ALLOWED_ORIGINS: list(isOrigin, "an origin").describe("origins whose pages may call us"),
  TRUSTED_PROXY_HOPS: whole(0).describe("proxies of ours in front"),
  SOCKETS_PER_ADDRESS: whole(50).describe("connections from one address"),
  GUESTS_PER_ADDRESS: whole(60, 1).describe("new guests from one address in an hour"),
  ADDRESS_LIMIT_FACTOR: whole(5).describe(
    "how many guests' limits all guests of one address share; 0: no limit by address",
  ),
  STREAMS_PER_USER: whole(10).describe("event streams, and polls that wait, of one user"),
  REDIS_URL: address("redis", "rediss").optional().describe("wake-ups through Redis pub/sub"),
  UPSTASH_REDIS_REST_URL: address("http", "https")
    .optional()
    .describe("the Redis that counts for all instances, over Upstash's REST protocol"),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional().describe("the token of that Redis"),
  OPENAI_API_KEY: z.string().optional().describe("the key of the service that answers prompts"),
  OPENAI_BASE_URL: address("http", "https")
    .optional()
    .describe("that service where it is not OpenAI: Ollama, or any with the same API"),
  OPENAI_MODEL: z.string().default("gpt-4.1-mini").describe("which of its models answers"),
  OPENAI_FIRST_BYTE_SECONDS: whole(120, 1).describe("how long it may take to begin an answer"),
  OPENAI_SILENCE_SECONDS: whole(30, 1).describe("how long it may be silent within an answer"),
  OPENAI_REASONING_EFFORT: z
    .enum(["none", "minimal", "low", "medium", "high", "xhigh"], {
      error: "it is not none, minimal, low, medium, high or xhigh",
    })
    .optional()
    .describe("how much a model that reasons does so before it answers"),
  OPENAI_TOOLS: z
    .stringbool({ error: "it is neither 0 nor 1" })
    .default(true)
    .describe("whether the model is offered the search of the documents as a tool"),
  ANSWERS_PER_INSTANCE: whole(50, 1).describe("model answers that one instance makes at once"),
  S3_ENDPOINT: address("http", "https")
    .optional()
    .describe("the object store where it is not AWS: R2, MinIO, or any with S3's API"),
  S3_BUCKET: z.string().describe("the bucket that uploads are kept in"),
  S3_REGION: z.string().default("us-east-1").describe("the region of that bucket"),
  S3_PATIENCE_SECONDS: whole(60).describe("how long it may take to answer to bytes of a file"),
  AWS_ACCESS_KEY_ID: z.string().describe("who we are to the object store"),
  AWS_SECRET_ACCESS_KEY: z.string().describe("signs our requests to the object store"),
  UPLOAD_QUOTA_BYTES: whole(2 * 1024 ** 3).describe("what one user's uploads may take, in bytes"),
  UPLOAD_TOTAL_BYTES: whole(100 * 1024 ** 3).describe("what all uploads may take, in bytes"),
  INNGEST_BASE_URL: address("http", "https")
    .optional()
    .describe("the Inngest server where it is not Inngest Cloud"),
  INNGEST_EVENT_KEY: z.string().optional().describe("lets us send events to Inngest"),
  INNGEST_SIGNING_KEY: z
    .string()
    .optional()
    .describe("signs what Inngest and we say to each other"),
  INNGEST_SERVE_ORIGIN: address("http", "https")
    .optional()
    .describe("where Inngest reaches us, behind a proxy"),
  INNGEST_DEV: z
    .stringbool({ error: "it is neither 0 nor 1" })
    .default(false)
    .describe("1 for `npx inngest-cli dev`, whose calls are not signed; never in production"),
  DIRECT_LANE: z
    .stringbool({ error: "it is neither 0 nor 1" })
    .default(true)
    .describe("0 sends the API through Next as well, for comparison"),
  LOG_LEVEL: z
    .enum(logLevels, { error: `it is none of ${logLevels.join(", ")}` })
    .default("info")
    .describe("what is logged"),
  DEMO_CONTROLS: z
    .stringbool({ error: "it is neither 0 nor 1" })
    .default(false)
    .describe("1 lets pages kill instances"),
  EMBEDDED_SERVICES: list().describe("services to label as embedded"),
});

export type Env = z.infer<typeof envSchema>;

/** What is written after a message about a variable: a value that it could have. */
const examples: Record<keyof Env, string> = {
  DATABASE_URL: "postgresql://user:password@localhost:5432/patternbook",
  SESSION_SECRET: "$(openssl rand -hex 32)",
  SESSION_TTL_SECONDS: "604800",
  HOST: "0.0.0.0",
  PORT: "3000",
  INSTANCE_NAME: "A",
  SHUTDOWN_DELAY_SECONDS: "5",
  PEERS: "A=http://localhost:3000,B=http://localhost:3001",
  ALLOWED_ORIGINS: "https://patternbook.example",
  TRUSTED_PROXY_HOPS: "1",
  SOCKETS_PER_ADDRESS: "50",
  GUESTS_PER_ADDRESS: "60",
  ADDRESS_LIMIT_FACTOR: "5",
  STREAMS_PER_USER: "10",
  REDIS_URL: "redis://localhost:6379",
  UPSTASH_REDIS_REST_URL: "http://localhost:8079",
  UPSTASH_REDIS_REST_TOKEN: "token",
  OPENAI_API_KEY: "sk-…",
  OPENAI_BASE_URL: "http://localhost:11434/v1",
  OPENAI_MODEL: "gpt-4.1-mini",
  OPENAI_FIRST_BYTE_SECONDS: "120",
  OPENAI_SILENCE_SECONDS: "30",
  OPENAI_REASONING_EFFORT: "low",
  OPENAI_TOOLS: "1",
  ANSWERS_PER_INSTANCE: "50",
  S3_ENDPOINT: "http://localhost:9000",
  S3_BUCKET: "patternbook",
  S3_REGION: "us-east-1",
  S3_PATIENCE_SECONDS: "60",
  AWS_ACCESS_KEY_ID: "AKIA…",
  AWS_SECRET_ACCESS_KEY: "…",
  UPLOAD_QUOTA_BYTES: "2147483648",
  UPLOAD_TOTAL_BYTES: "107374182400",
  INNGEST_BASE_URL: "http://localhost:8288",
  INNGEST_EVENT_KEY: "$(openssl rand -hex 32)",
  INNGEST_SIGNING_KEY: "$(openssl rand -hex 32)",
  INNGEST_SERVE_ORIGIN: "https://patternbook.example",
  INNGEST_DEV: "1",
  DIRECT_LANE: "0",
  LOG_LEVEL: "info",
  DEMO_CONTROLS: "0",
  EMBEDDED_SERVICES: "postgres,redis",
};

type Source = Record<string, string | undefined>;

/**
 * What is wrong with the variables that are given, a line each: the name, what is wrong, what the variable is
 * for, an example. The value itself is never repeated: it may be secret. An empty variable counts as unset.
 */
export function malformed(source: Source): string[] {
  const result = envSchema.partial().safeParse(given(source));
  return result.success ? mismatches(result.data, source) : linesOf(result.error);
}

/**
 * Reads an environment. An empty variable counts as unset.
 * @throws Error that lists everything missing or malformed at once, with what each is for
 */
export function parseEnv(source: Source): Env {
  const result = envSchema.safeParse(given(source));
  const lines = result.success ? mismatches(result.data, source) : linesOf(result.error);
  if (result.success && lines.length === 0) return withOrigins(result.data);
  throw new Error(
    `These variables are missing or not valid:\n${lines.join("\n")}\nSee .env.example. ` +
      "`npm run demo` needs none of them: it starts its own services.",
  );
}

const given = (source: Source) =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));

const linesOf = (error: z.ZodError): string[] =>
  error.issues.map((issue) => {
    const name = String(issue.path[0]) as keyof Env;
    const isMissing = issue.code === "invalid_type" && issue.expected === "string";
    return lineOf(name, isMissing ? "is not set" : `is not valid: ${issue.message}`);
  });

const lineOf = (name: keyof Env, state: string) =>
  `  ${name} ${state} (${envSchema.shape[name].description}). Example: ${name}=${examples[name]}`;

/** What each variable may be alone, but not together with the others. */
function mismatches(env: Partial<Env>, source: Source): string[] {
  const lines: string[] = [];
  if (env.INNGEST_DEV && source.NODE_ENV === "production")
    lines.push(
      "  INNGEST_DEV is set with NODE_ENV=production: anybody could call the functions, unsigned. " +
        "Unset it, and set INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY.",
    );
  const schemes = new Set(env.ALLOWED_ORIGINS?.map((origin) => new URL(origin).protocol));
  if (schemes.size > 1)
    lines.push(
      "  ALLOWED_ORIGINS has origins of http and of https: sessions would be as safe as those of " +
        "http, for all. Give the ones of https alone, or run an instance for each.",
    );
  return lines;
}

/** Browsers send an origin without a path: one that was written with a slash would never match. */
function withOrigins(env: Env): Env {
  const origins = env.ALLOWED_ORIGINS.map((origin) => new URL(origin).origin);
  return {
    ...env,
    ALLOWED_ORIGINS: origins.length > 0 ? origins : [`http://localhost:${env.PORT}`],
  };
}

/**
 * Adds the variables of the file `.env` to the environment, where there is such a file: the environment wins
 * over the file, with an empty variable as well. ENV_FILE names another file; empty, none is read.
 */
export function loadEnvFile(): void {
  const file = process.env.ENV_FILE ?? ".env";
  if (file && existsSync(file)) process.loadEnvFile(file);
}

/**
 * Takes a variable that is empty out of the environment. For packages that read it themselves: to them an empty
 * variable is a value, and here it is none.
 */
export function dropIfEmpty(name: keyof Env): void {
  if (process.env[name] === "") delete process.env[name];
}

/** The environment of this process, read at first use. */
export const env = (): Env => remember("env", () => parseEnv(process.env));
