import type { Redis } from "@upstash/redis";
import { createMemoryEngine } from "../../embedded/redis/memory/engine.ts";

/** The embedded engine where the client is expected, without the wire between, on a clock of the test's. */
export function engineAsClient(now: () => number) {
  const engine = createMemoryEngine({ now });
  const client = {
    createScript: (code: string) => ({
      exec: async (keys: string[], args: string[]) =>
        engine.run(["EVAL", code, String(keys.length), ...keys, ...args]),
    }),
  };
  return { client: client as unknown as Redis, close: () => engine.close() };
}
