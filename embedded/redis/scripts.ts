import { createHash } from "node:crypto";
import { type Engine, RedisError, type Reply } from "./engine.ts";

const MAX_SCRIPTS = 1_000;

const sha1 = (bytes: string) => createHash("sha1").update(bytes, "latin1").digest("hex");

/** Without its shebang line, the end of the line excepted: what follows keeps its numbers. */
const strip = (script: string) => script.replace(/^#![^\n]*/, "");

/**
 * Scripts that begin `#!lua flags=allow-key-locking`, as those of @upstash/ratelimit do, are refused
 * by plain Redis, which does not know the flag. The engine sees them without the line, and callers
 * know them by the SHA of what they have sent.
 */
export function translateScripts(engine: Engine): Engine["run"] {
  /** The caller's SHA → the engine's. Whoever's was dropped is told NOSCRIPT, and sends it again. */
  const known = new Map<string, string>();

  function learn(script: string): { stripped: string; sha: string } {
    const stripped = strip(script);
    const sha = sha1(script);
    if (stripped !== script) {
      known.delete(sha);
      known.set(sha, sha1(stripped));
      const [oldest] = known.keys();
      if (known.size > MAX_SCRIPTS && oldest) known.delete(oldest);
    }
    return { stripped, sha };
  }
  const ours = (sha: string) => known.get(sha.toLowerCase()) ?? sha;

  async function script(command: string[]): Promise<Reply> {
    const [name, what = "", ...rest] = command as [string, ...string[]];
    if (/^EXISTS$/i.test(what)) return engine.run([name, what, ...rest.map(ours)]);
    if (/^FLUSH$/i.test(what)) known.clear();
    if (!/^LOAD$/i.test(what) || rest.length !== 1) return engine.run(command);
    const { stripped, sha } = learn(rest[0] as string);
    await engine.run([name, what, stripped]);
    return sha;
  }

  return async (command) => {
    const [name, text, ...rest] = command as [string, ...string[]];
    if (name === "SCRIPT") return script(command);
    if (text === undefined) return engine.run(command);
    if (name === "EVAL") return engine.run([name, learn(text).stripped, ...rest]);
    if (name !== "EVALSHA") return engine.run(command);
    try {
      return await engine.run([name, ours(text), ...rest]);
    } catch (error) {
      // Engines word it differently; the client looks for this.
      if (error instanceof RedisError && error.message.startsWith("NOSCRIPT"))
        throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
      throw error;
    }
  };
}
