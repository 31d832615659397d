import { RedisError, type Reply } from "../engine.ts";
import type { Store } from "./store.ts";

export interface Command {
  /** Words of the command with its name: so many, or, where negative, at least so many. */
  arity: number;
  /** It may need room: refused when there is none. */
  grows?: true;
  run(store: Store, args: string[]): Reply;
}

export type Commands = Record<string, Command>;

export const syntaxError = () => new RedisError("ERR syntax error");
export const wrongArity = (name: string) =>
  new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);

/** The list in pairs: field and value, score and member. */
export const pairs = (list: string[]): [string, string][] =>
  Array.from({ length: Math.floor(list.length / 2) }, (_, i) => [
    list[2 * i] as string,
    list[2 * i + 1] as string,
  ]);
