/** One entry of the log, as it is stored. */
export interface LogEntry {
  /** The stream's name, e.g. `chat:lobby`. */
  stream: string;
  /** Position in its stream: 1, 2, 3 … without gaps, in the order of commits. */
  seq: number;
  type: string;
  data: unknown;
  /** The writer's own id of the entry, unique in its stream. */
  key: string | null;
  at: Date;
}

/** What an append answers. */
export interface Appended {
  seq: number;
  at: Date;
  /** False when an entry with this key was there already; seq and at are then those of that one. */
  fresh: boolean;
}

/** One page of a stream. */
export interface LogPage {
  /** Ascending by seq. */
  entries: LogEntry[];
  /** The last sequence number given out, 0 for a stream that has none. */
  head: number;
  /** The last one pruned away: what can be read begins at floor + 1. */
  floor: number;
}

/**
 * The position asked for is no position of the stream any more (pruned, or beyond its head): the
 * reader goes on with `oldest`, and must say so.
 */
interface Reset {
  kind: "reset";
  oldest: number;
}

/** What a tail yields. */
export type TailItem = { kind: "entry"; entry: LogEntry } | Reset;

/** What a tail in batches yields: at least one entry, ascending, without gaps. */
export type TailBatch = { kind: "entries"; entries: LogEntry[] } | Reset;

/** Ends a subscription. Calling it again does nothing. */
export type Unsubscribe = () => void;
