import type { EndReason, EventType } from "../../contract";

/** Events kept for the screen. */
const KEEP = 100;

export interface TimelineEvent {
  id: number;
  type: EventType;
  at: string;
  payload: unknown;
  /** Sent because the reader was away, not because it is new. */
  replayed: boolean;
}

export type Status = "connecting" | "replaying" | "live" | "waiting" | "cut" | "ended";

/** Everything the page shows of the stream. The same in every tab, since all reduce the same. */
export interface TimelineState {
  status: Status;
  /** When the next attempt is made, in milliseconds since the epoch; null while connected. */
  reconnectAt: number | null;
  instance: string | null;
  /** The last id received: what a reconnect sends as Last-Event-ID. */
  position: number | null;
  /** Newest first. */
  events: TimelineEvent[];
  reconnects: number;
  /** Of the last absence: events that were published in it, and those that were sent on coming back. */
  missed: number;
  replayed: number;
  gaps: number;
  duplicates: number;
  ended: EndReason | "nothing to come back for" | null;
  problem: string | null;
}

/** What happens to the one connection, told to every tab. */
export type Happening =
  | { kind: "connecting" }
  | { kind: "open"; instance: string | null }
  | { kind: "id"; id: number }
  | { kind: "event"; event: Omit<TimelineEvent, "replayed"> }
  | { kind: "live" }
  | { kind: "reset"; oldest: number }
  | { kind: "lost"; reconnectAt: number; cut: boolean; problem: string | null }
  | { kind: "ended"; reason: NonNullable<TimelineState["ended"]> }
  | { kind: "published"; id: number };

export const initialState: TimelineState = {
  status: "connecting",
  reconnectAt: null,
  instance: null,
  position: null,
  events: [],
  reconnects: 0,
  missed: 0,
  replayed: 0,
  gaps: 0,
  duplicates: 0,
  ended: null,
  problem: null,
};

export function reduce(state: TimelineState, happening: Happening): TimelineState {
  switch (happening.kind) {
    case "connecting":
      return { ...state, status: "connecting", reconnectAt: null };
    case "open": {
      const { instance } = happening;
      return { ...state, status: "replaying", instance, replayed: 0, ended: null, problem: null };
    }
    case "id":
      return { ...state, position: happening.id };
    case "event":
      return receive(state, happening.event);
    case "live":
      return { ...state, status: "live" };
    case "reset":
      return { ...state, position: happening.oldest - 1, events: [] };
    case "lost": {
      const { reconnectAt, cut, problem } = happening;
      const wasOpen = state.status === "live" || state.status === "replaying";
      const status = cut ? "cut" : "waiting";
      if (!wasOpen) return { ...state, status, reconnectAt, problem };
      const reconnects = state.reconnects + 1;
      return { ...state, status, reconnectAt, problem, reconnects, missed: 0, replayed: 0 };
    }
    case "ended":
      return { ...state, status: "ended", ended: happening.reason, reconnectAt: null };
    case "published":
      if (state.status === "live" || happening.id <= (state.position ?? 0)) return state;
      return { ...state, missed: state.missed + 1 };
  }
}

/** Ids have no gaps: whatever is not the next one would be lost, or sent twice. */
function receive(state: TimelineState, event: Omit<TimelineEvent, "replayed">): TimelineState {
  const { position } = state;
  if (position !== null && event.id <= position)
    return { ...state, duplicates: state.duplicates + 1 };
  const skipped = position === null ? 0 : event.id - position - 1;
  const replayed = state.status !== "live";
  return {
    ...state,
    position: event.id,
    gaps: state.gaps + skipped,
    replayed: state.replayed + (replayed ? 1 : 0),
    events: [{ ...event, replayed }, ...state.events].slice(0, KEEP),
  };
}
