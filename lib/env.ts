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

/** Every variable the application reads. `.env.example` says the same; a test holds them together. */
export const envSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("the Postgres database (15 or newer)"),
  SESSION_SECRET: z.string().min(32).describe("signs the guest session, at least 32 characters"),
  SESSION_TTL_SECONDS: whole(7 * 24 * 3600),
  HOST: z.string().default("0.0.0.0"),
  PORT: whole(3000),
  INSTANCE_NAME: z.string().default("A"),
  PEERS: list,
  ALLOWED_ORIGINS: list,
  TRUSTED_PROXY_HOPS: whole(0),
  SOCKETS_PER_ADDRESS: whole(50),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  DEMO_CONTROLS: z.stringbool().default(false),
  EMBEDDED_SERVICES: list,
});

export type Env = z.infer<typeof envSchema>;

/**
 * Reads an environment. An empty variable counts as unset.
 * @throws Error that lists everything missing or malformed at once, with what each is for
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = envSchema.safeParse(given);
  if (result.success) return withDefaultOrigin(result.data);
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

function withDefaultOrigin(env: Env): Env {
  if (env.ALLOWED_ORIGINS.length > 0) return env;
  return { ...env, ALLOWED_ORIGINS: [`http://localhost:${env.PORT}`] };
}

/** The environment of this process, read at first use. */
export const env = (): Env => remember("env", () => parseEnv(process.env));
