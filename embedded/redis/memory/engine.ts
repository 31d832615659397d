import { type Engine, RedisError, type Reply, Status } from "../engine.ts";
import { type Commands, wrongArity } from "./commands.ts";
import { hashCommands } from "./hashes.ts";
import { keyCommands } from "./keys.ts";
import { parseCount } from "./numbers.ts";
import { createScripting } from "./scripting.ts";
import { sortedSetCommands } from "./sorted-sets.ts";
import { createStore } from "./store.ts";
import { stringCommands } from "./strings.ts";

export interface MemoryOptions {
  /** The clock, in milliseconds: of TIME and of every expiry. */
  now?: () => number;
  /** Beyond these, what would grow is refused with OOM; nothing is evicted. */
  maxKeys?: number;
  maxBytes?: number;
}

const SWEEP_MS = 250;

/** A small Redis in this process: strings, hashes, sorted sets, expiry and Lua. Nothing is kept. */
export function createMemoryEngine(options: MemoryOptions = {}): Engine {
  const { now = Date.now, maxKeys = 100_000, maxBytes = 64 * 1024 * 1024 } = options;
  const store = createStore({ now, maxKeys, maxBytes });
  const data: Commands = {
    ...keyCommands,
    ...stringCommands,
    ...hashCommands,
    ...sortedSetCommands,
  };
  const scripts = createScripting((command) => execute(data, command));

  const all: Commands = {
    ...data,
    EVAL: {
      arity: -3,
      run: (_, [script = "", ...rest]) => evaluate(() => scripts.load(script), rest),
    },
    EVALSHA: { arity: -3, run: (_, [sha = "", ...rest]) => evaluate(() => sha, rest) },
    SCRIPT: { arity: -2, run: (_, args) => script(args) },
  };

  function evaluate(shaOf: () => string, [count = "", ...rest]: string[]): Reply {
    const keys = parseCount(count);
    if (keys < 0) throw new RedisError("ERR Number of keys can't be negative");
    if (keys > rest.length)
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    return scripts.evalsha(shaOf(), rest.slice(0, keys), rest.slice(keys));
  }

  function script([what = "", ...args]: string[]): Reply {
    const name = what.toUpperCase();
    if (name === "LOAD") {
      if (args.length !== 1) throw wrongArity("script|load");
      return scripts.load(args[0] as string);
    }
    if (name === "EXISTS") {
      if (args.length === 0) throw wrongArity("script|exists");
      return args.map((sha) => (scripts.has(sha) ? 1 : 0));
    }
    if (name !== "FLUSH")
      throw new RedisError(`ERR unknown subcommand '${what}'. Try SCRIPT HELP.`);
    if (args.length > 0 && !/^(a?sync)$/i.test(args.join(" ")))
      throw new RedisError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    scripts.flush();
    return new Status("OK");
  }

  function find(commands: Commands, [given = "", ...args]: string[]) {
    const name = given.toUpperCase();
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      const shown = args.map((arg) => `'${arg.slice(0, 128)}' `).join("");
      throw new RedisError(
        `ERR unknown command '${given.slice(0, 128)}', with args beginning with: ${shown.slice(0, 256)}`,
      );
    }
    const words = args.length + 1;
    const { arity } = command;
    if (arity > 0 ? words !== arity : words < -arity) throw wrongArity(name);
    return command;
  }

  function execute(commands: Commands, words: string[]): Reply {
    const command = find(commands, words);
    if (command.grows) store.assertRoom();
    return command.run(store, words.slice(1));
  }

  const sweeper = setInterval(() => store.sweep(), SWEEP_MS);
  sweeper.unref();

  return {
    run: (words) => execute(all, words),
    async transaction(commands) {
      try {
        for (const words of commands) find(all, words);
      } catch (error) {
        const why = error instanceof RedisError ? ` (${error.message})` : "";
        throw new RedisError(`EXECABORT Transaction discarded because of previous errors.${why}`);
      }
      return commands.map((words) => {
        try {
          return execute(all, words);
        } catch (error) {
          if (error instanceof RedisError) return error;
          throw error;
        }
      });
    },
    async close() {
      clearInterval(sweeper);
      store.clear();
    },
  };
}
