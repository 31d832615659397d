import type { Redis } from "@upstash/redis";
import { createMemoryEngine } from "../../embedded/redis/memory/engine.ts";

/** The embedded engine where the client is expected, without the wire between, on a clock of the test's. */
export function engineAsClient(now: () => number) {
  const engine = createMemoryEngine({ now });
  const client = {
    evalsha: async (sha: string, keys: string[], args: string[]) =>
      engine.run(["EVALSHA", sha, String(keys.length), ...keys, ...args]),
    eval: async (code: string, keys: string[], args: string[]) =>
      engine.run(["EVAL", code, String(keys.length), ...keys, ...args]),
  };
  return { client: client as unknown as Redis, close: () => engine.close() };
}
