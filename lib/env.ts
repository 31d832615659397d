import { z } from "zod";
import { remember } from "./remember";

/** A list separated by commas; blanks around the items do not count. */
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

const whole = (fallback: number) => z.coerce.number().int().nonnegative().default(fallback);
const positive = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** Every variable the application reads. `.env.example` says the same; a test holds them together. */
export const envSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("the Postgres database (15 or newer)"),
  SESSION_SECRET: z.string().min(32).describe("signs the guest session, at least 32 characters"),
  SESSION_TTL_SECONDS: whole(7 * 24 * 3600).describe("how long a session lasts, in seconds"),
  HOST: z.string().default("0.0.0.0").describe("the address to listen on"),
  PORT: whole(3000).describe("the port to listen on"),
  INSTANCE_NAME: z.string().default("A").describe("the name that pages show"),
  PEERS: list.describe("the instances, name=url each"),
  ALLOWED_ORIGINS: list.describe("origins whose pages may call us"),
  TRUSTED_PROXY_HOPS: whole(0).describe("proxies of ours in front"),
  SOCKETS_PER_ADDRESS: whole(50).describe("connections from one address"),
  GUESTS_PER_ADDRESS: positive(60).describe("new guests from one address in an hour"),
  ADDRESS_LIMIT_FACTOR: whole(5).describe(
    "how many guests' limits all guests of one address share; 0: no limit by address",
  ),
  STREAMS_PER_USER: whole(10).describe("event streams, and polls that wait, of one user"),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe("wake-ups through Redis pub/sub"),
  UPSTASH_REDIS_REST_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("the Redis that counts for all instances, over Upstash's REST protocol"),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional().describe("the token of that Redis"),
  OPENAI_API_KEY: z.string().optional().describe("the key of the service that answers prompts"),
  OPENAI_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("that service where it is not OpenAI: Ollama, or any with the same API"),
  OPENAI_MODEL: z.string().default("gpt-4.1-mini").describe("which of its models answers"),
  OPENAI_SILENCE_SECONDS: whole(30).describe("how long it may be silent before an answer fails"),
  ANSWERS_PER_INSTANCE: positive(50).describe("model answers that one instance makes at once"),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("the object store where it is not AWS: R2, MinIO, or any with S3's API"),
  S3_BUCKET: z.string().describe("the bucket that uploads are kept in"),
  S3_REGION: z.string().default("us-east-1").describe("the region of that bucket"),
  S3_PATIENCE_SECONDS: whole(60).describe("how long it may take to answer to bytes of a file"),
  AWS_ACCESS_KEY_ID: z.string().describe("who we are to the object store"),
  AWS_SECRET_ACCESS_KEY: z.string().describe("signs our requests to the object store"),
  UPLOAD_QUOTA_BYTES: whole(2 * 1024 ** 3).describe("what one user's uploads may take, in bytes"),
  UPLOAD_TOTAL_BYTES: whole(100 * 1024 ** 3).describe("what all uploads may take, in bytes"),
  INNGEST_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("the Inngest server where it is not Inngest Cloud"),
  INNGEST_EVENT_KEY: z.string().optional().describe("lets us send events to Inngest"),
  INNGEST_SIGNING_KEY: z
    .string()
    .optional()
    .describe("signs what Inngest and we say to each other"),
  INNGEST_SERVE_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("where Inngest reaches us, behind a proxy"),
  INNGEST_DEV: z
    .stringbool()
    .default(false)
    .describe("1 for `npx inngest-cli dev`, whose calls are not signed; never in production"),
  DIRECT_LANE: z
    .stringbool()
    .default(true)
    .describe("0 sends the API through Next as well, for comparison"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("what is logged"),
  DEMO_CONTROLS: z.stringbool().default(false).describe("1 lets pages kill instances"),
  EMBEDDED_SERVICES: list.describe("services to label as embedded"),
});

export type Env = z.infer<typeof envSchema>;

/**
 * Reads an environment. An empty variable counts as unset.
 * @throws Error that lists everything missing or malformed at once, with what each is for
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = envSchema.safeParse(given);
  if (result.success) {
    if (result.data.INNGEST_DEV && source.NODE_ENV === "production") {
      throw new Error(
        "INNGEST_DEV is set with NODE_ENV=production: anybody could call the functions, unsigned. " +
          "Unset it, and set INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY.",
      );
    }
    return withOrigins(result.data);
  }
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]) as keyof Env;
    const purpose = envSchema.shape[name].description;
    const state = given[name] === undefined ? "is not set" : `is not valid: ${issue.message}`;
    return `  ${name} ${state}${purpose ? ` (${purpose})` : ""}`;
  });
  throw new Error(
    `The environment is incomplete:\n${lines.join("\n")}\nSee .env.example. ` +
      "`npm run demo` needs none of it: it starts its own services.",
  );
}

/**
 * Browsers send an origin without a path: one that was written with a slash would never match. All
 * are of one scheme, which says whether visitors come by https.
 */
function withOrigins(env: Env): Env {
  const given = env.ALLOWED_ORIGINS.map((origin) => origin.replace(/\/+$/, ""));
  const secure = given.filter((origin) => origin.startsWith("https://"));
  if (secure.length > 0 && secure.length < given.length) {
    throw new Error(
      "ALLOWED_ORIGINS has origins of http and of https: sessions would be as safe as those of " +
        "http, for all. Give the ones of https alone, or run an instance for each.",
    );
  }
  return { ...env, ALLOWED_ORIGINS: given.length > 0 ? given : [`http://localhost:${env.PORT}`] };
}

/** The environment of this process, read at first use. */
export const env = (): Env => remember("env", () => parseEnv(process.env));
