import { startPostgres } from "../embedded/postgres/index.ts";
import { readSecrets } from "../embedded/secrets.ts";

/** The backing services as the application sees them: variables, and a way to end ours. */
export interface Services {
  databaseUrl: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Takes from the environment what it names, and starts the embedded service for the rest. */
export async function startServices(
  dataDir: string,
  log: (line: string) => void,
): Promise<Services> {
  const secret = process.env.SESSION_SECRET || (await readSecrets(dataDir)).SESSION_SECRET;
  const given = process.env.DATABASE_URL;
  if (given) {
    const env = { DATABASE_URL: given, SESSION_SECRET: secret, EMBEDDED_SERVICES: "" };
    return { databaseUrl: given, env, stop: async () => undefined };
  }
  const { url, stop } = await startPostgres({ dataDir, log });
  const env = { DATABASE_URL: url, SESSION_SECRET: secret, EMBEDDED_SERVICES: "postgres" };
  return { databaseUrl: url, env, stop };
}
