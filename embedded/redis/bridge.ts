import { parseCommand } from "./command.ts";
import { encode, type Json } from "./encoding.ts";
import { type Engine, RedisError } from "./engine.ts";
import { translateScripts } from "./scripts.ts";

type Outcome = { result: Json } | { error: string };

export interface Answer {
  status: number;
  body: Outcome | Outcome[];
}

const MAX_COMMANDS = 1_000;

/** Upstash's REST protocol over an engine: what each address answers to a parsed body. */
export function createBridge(engine: Engine) {
  const translated = translateScripts(engine);

  async function outcome(given: unknown, base64: boolean): Promise<Outcome> {
    try {
      return { result: encode(await translated.run(parseCommand(given)), base64) };
    } catch (error) {
      return { error: errorText(error) };
    }
  }

  return {
    /** `POST /`: one command. 400 where it fails. */
    async single(body: unknown, base64: boolean): Promise<Answer> {
      const answer = await outcome(body, base64);
      return { status: "error" in answer ? 400 : 200, body: answer };
    },

    /** `POST /pipeline`: commands in order, others may run between them. Always 200. */
    async pipeline(body: unknown, base64: boolean): Promise<Answer> {
      const commands = listOf(body);
      if ("error" in commands) return { status: 400, body: commands };
      const answers: Outcome[] = [];
      for (const command of commands.list) answers.push(await outcome(command, base64));
      return { status: 200, body: answers };
    },

    /** `POST /multi-exec`: all of them with nothing between, or none: 400 where one cannot be queued. */
    async transaction(body: unknown, base64: boolean): Promise<Answer> {
      const commands = listOf(body);
      if ("error" in commands) return { status: 400, body: commands };
      try {
        const replies = await translated.transaction(commands.list.map(parseCommand));
        const answers = replies.map((reply) =>
          reply instanceof RedisError
            ? { error: reply.message }
            : { result: encode(reply, base64) },
        );
        return { status: 200, body: answers };
      } catch (error) {
        const text = errorText(error);
        const aborted = text.startsWith("EXECABORT") ? text : `EXECABORT ${text}`;
        return { status: 400, body: { error: aborted } };
      }
    },
  };
}

function listOf(body: unknown): { list: unknown[] } | { error: string } {
  if (!Array.isArray(body)) return { error: "ERR the body is a JSON array of commands" };
  if (body.length > MAX_COMMANDS)
    return { error: `ERR a request carries ${MAX_COMMANDS} commands at most` };
  return { list: body };
}

/** What is not Redis's own is for our log: an error tells nothing of the inside. */
function errorText(error: unknown): string {
  if (error instanceof RedisError) return error.message;
  console.error("redis:", error);
  return "ERR internal error";
}
