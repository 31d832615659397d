import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "../embedded/postgres/index.ts";

const WATCH_MS = 250;
const RETRY_MS = 1_000;

export interface KeptPostgres {
  /** The same for as long as we run. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the embedded Postgres, and starts it again where it is gone, whatever it died of: on the
 * same port, over the same data. What was committed is there; connections are their owners' to renew.
 */
export async function keepPostgres(
  dataDir: string,
  log: (line: string) => void,
): Promise<KeptPostgres> {
  let postgres = await startPostgres({ dataDir, log });
  const { url } = postgres;
  const port = Number(new URL(url).port);
  const stopping = new AbortController();

  async function keep(): Promise<void> {
    while (await pause(WATCH_MS)) {
      if (postgres.isAlive()) continue;
      console.error("Postgres ended; it is started again");
      await restart();
    }
  }

  async function restart(): Promise<void> {
    do {
      try {
        postgres = await startPostgres({ dataDir, port, log: () => undefined });
        return;
      } catch (error) {
        console.error((error as Error).message);
      }
    } while (await pause(RETRY_MS));
  }

  /** Answers false once we stop. */
  const pause = (ms: number) =>
    sleep(ms, undefined, { ref: false, signal: stopping.signal }).then(
      () => true,
      () => false,
    );

  const kept = keep();
  return {
    url,
    async stop() {
      stopping.abort();
      await kept;
      await postgres.stop();
    },
  };
}
