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
    started.push(...(await embedded(dataDir, log)));
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

/** A service of embedded/services.ts. */
interface Offer {
  name: string;
  /** As the log calls it. */
  title: string;
  /** One of these in the environment is a choice: it is not started then. */
  variables: string[];
  env: (address: string, key: string) => Record<string, string>;
}

const offers: Offer[] = [
  {
    // A key alone means OpenAI, an address alone a server that wants no key.
    name: "openai",
    title: "The docs answerer",
    variables: ["OPENAI_API_KEY", "OPENAI_BASE_URL"],
    env: (address, key) => ({
      OPENAI_BASE_URL: address,
      OPENAI_API_KEY: key,
      OPENAI_MODEL: MODEL,
    }),
  },
  {
    name: "redis",
    title: "The Redis for rate limits",
    variables: ["UPSTASH_REDIS_REST_URL"],
    env: (address, key) => ({ UPSTASH_REDIS_REST_URL: address, UPSTASH_REDIS_REST_TOKEN: key }),
  },
];

/** All of them in one process, which is started where one of them is wanted. */
async function embedded(dataDir: string, log: Log): Promise<Service[]> {
  const given = ({ variables }: Offer) => variables.some((name) => process.env[name]);
  const chosen = offers.filter(given).map(({ name }) => fromEnvironment(name, {}));
  const wanted = offers.filter((offer) => !given(offer));
  if (wanted.length === 0) return chosen;
  const secrets = await readSecrets(dataDir);
  const keys = Object.fromEntries(wanted.map(({ name }) => [name, serviceKey(secrets, name)]));
  const { addresses, stop } = await startEmbedded({ keys, log });
  const started = wanted.map(({ name, title, env }): Service => {
    const address = addresses[name] as string;
    log(`${title} runs at ${address}`);
    return { name, env: env(address, keys[name] as string), embedded: true, stop };
  });
  return [...chosen, ...started];
}

/** The instances inherit what is not named here. */
function fromEnvironment(name: string, env: Record<string, string>): Service {
  return { name, env, embedded: false, stop: async () => undefined };
}
