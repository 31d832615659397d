import type { Entry, LaneName } from "../../contract";

export type LaneStatus = "idle" | "connecting" | "open" | "waiting" | "paused" | "closed";

/** What a lane tells of itself; the measuring core counts it. */
export interface LaneHost {
  /** The last entry that this lane has, to go on from. */
  position(): number;
  /**
   * What has arrived. Entries that are there already are not counted again.
   * @returns false where an entry is missing: the lane must ask again from its position
   */
  entries(entries: readonly Entry[]): boolean;
  reset(oldest: number): void;
  /** A request was sent, or a connection begun. */
  request(): void;
  /** An answer had nothing in it. */
  empty(): void;
  /** A connection or an answer was lost, and is made again. */
  lost(): void;
  status(status: LaneStatus): void;
  /** What crossed the wire, for people to read. */
  wire(direction: "in" | "out", label: string, body: string): void;
  /** There is no session: resolves when there is one again. */
  ensureSession(): Promise<void>;
}

/** One way of reading the stream. Whatever happens to it, it goes on from its position. */
export interface Lane {
  readonly name: LaneName;
  start(): void;
  stop(): void;
  /** Cuts what is open, as a network would. */
  drop(): void;
  /** Takes nothing until the time has passed. */
  stall(ms: number): void;
  /** The next answer, or the next message, does not arrive. */
  loseNext(): void;
  /** Nobody looks: what polls, pauses. */
  hide(hidden: boolean): void;
}

export interface LaneOptions {
  host: LaneHost;
  /** The mark of this run, under which the server adds up the bytes. */
  run: string;
}
