import { MODEL } from "../embedded/openai/request.ts";
import { startPostgres } from "../embedded/postgres/index.ts";
import { readSecrets, serviceKey } from "../embedded/secrets.ts";
import { startEmbedded } from "./embedded.ts";

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

type Log = (line: string) => void;

/** Takes from the environment what it names, and starts the embedded service for the rest. */
export async function startServices(dataDir: string, log: Log): Promise<Services> {
  const secret = process.env.SESSION_SECRET || (await readSecrets(dataDir)).SESSION_SECRET;
  const started: Service[] = [];
  // The last one first: Postgres outlives what may use it.
  const stop = async () => {
    for (const service of started.toReversed()) await service.stop();
  };
  try {
    started.push(await database(dataDir, log));
    started.push(await answerer(dataDir, log));
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
  if (given) return fromEnvironment("postgres", { DATABASE_URL: given });
  const { url, stop } = await startPostgres({ dataDir, log });
  return { name: "postgres", env: { DATABASE_URL: url }, embedded: true, stop };
}

/** A key alone means OpenAI, an address alone a server that wants no key: either is a choice. */
async function answerer(dataDir: string, log: Log): Promise<Service> {
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = process.env;
  if (OPENAI_API_KEY || OPENAI_BASE_URL) return fromEnvironment("openai", {});
  const key = serviceKey(await readSecrets(dataDir), "openai");
  const { addresses, stop } = await startEmbedded({ keys: { openai: key }, log });
  const address = addresses.openai as string;
  log(`The docs answerer runs at ${address}`);
  const env = { OPENAI_BASE_URL: address, OPENAI_API_KEY: key, OPENAI_MODEL: MODEL };
  return { name: "openai", env, embedded: true, stop };
}

/** The instances inherit what is not named here. */
function fromEnvironment(name: string, env: Record<string, string>): Service {
  return { name, env, embedded: false, stop: async () => undefined };
}
