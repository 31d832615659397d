import { createHash } from "node:crypto";
import { type Engine, RedisError } from "./engine.ts";

const MAX_SCRIPTS = 1_000;

const sha1 = (bytes: string) => createHash("sha1").update(bytes, "latin1").digest("hex");

/** Without its shebang line, the end of the line excepted: what follows keeps its numbers. */
const strip = (script: string) => script.replace(/^#![^\n]*/, "");

/**
 * Scripts that begin `#!lua flags=allow-key-locking`, as those of @upstash/ratelimit do, are refused
 * by plain Redis, which does not know the flag. The engine sees them without the line, and callers
 * know them by the SHA of what they have sent.
 */
export function translateScripts(engine: Engine): Omit<Engine, "close"> {
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

  /** A command as the engine is to see it; `sha` is what the caller is answered instead of the engine's. */
  function translate(command: string[]): { sent: string[]; sha?: string } {
    const [name, text, ...rest] = command as [string, ...string[]];
    if (text === undefined) return { sent: command };
    if (/^EVAL(_RO)?$/.test(name)) return { sent: [name, learn(text).stripped, ...rest] };
    if (/^EVALSHA(_RO)?$/.test(name)) return { sent: [name, ours(text), ...rest] };
    if (name !== "SCRIPT") return { sent: command };
    if (/^EXISTS$/i.test(text)) return { sent: [name, text, ...rest.map(ours)] };
    if (/^FLUSH$/i.test(text)) known.clear();
    if (!/^LOAD$/i.test(text) || rest.length !== 1) return { sent: command };
    const { stripped, sha } = learn(rest[0] as string);
    return { sent: [name, text, stripped], sha };
  }

  return {
    async run(command) {
      const { sent, sha } = translate(command);
      try {
        const reply = await engine.run(sent);
        return sha ?? reply;
      } catch (error) {
        throw error instanceof RedisError ? worded(error) : error;
      }
    },
    async transaction(commands) {
      const translated = commands.map(translate);
      const replies = await engine.transaction(translated.map(({ sent }) => sent));
      return replies.map((reply, i) =>
        reply instanceof RedisError ? worded(reply) : (translated[i]?.sha ?? reply),
      );
    },
  };
}

/** Engines word it differently; the client looks for this. */
function worded(error: RedisError): RedisError {
  const isUnknown = error.message.startsWith("NOSCRIPT");
  return isUnknown ? new RedisError("NOSCRIPT No matching script. Please use EVAL.") : error;
}
