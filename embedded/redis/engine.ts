/** An error as Redis replies it: the first word is its kind. */
export class RedisError extends Error {}

/** A status reply such as OK: Lua sees it as a table, everybody else as a string. */
export class Status {
  constructor(readonly text: string) {}
}

/** What a command answers. Strings are bytes: one character each, as in latin1. */
export type Reply = string | number | null | Status | Reply[];

/** What stands behind the bridge. Every string it takes or gives is bytes, as in `Reply`. */
export interface Engine {
  /**
   * Runs one command, its name first.
   * @throws RedisError
   */
  run(command: string[]): Reply | Promise<Reply>;
  /**
   * Runs commands with nothing between them. A failure of one does not end the others.
   * @throws RedisError EXECABORT: one of them could not be queued, and none has run
   */
  transaction(commands: string[][]): Promise<(Reply | RedisError)[]>;
  close(): Promise<void>;
}

/** Text as bytes, and back. */
export const toBytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
export const toText = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
