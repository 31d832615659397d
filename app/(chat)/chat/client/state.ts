import type { Message, Person } from "../../contract";

/** A message of one's own on its way to the room. */
export interface Outgoing {
  id: string;
  text: string;
  /** `sending` until the server acknowledges the commit; `stored` until it comes back in the room. */
  state: "sending" | "stored" | "refused";
  attempts: number;
  seq?: number;
  /** Why it was refused. */
  detail?: string;
}

/** Messages that a page keeps; older ones are read again where somebody scrolls up to them. */
export const KEPT_MESSAGES = 2_000;

export type Status = "connecting" | "joined" | "away" | "offline" | "not reading" | "logged out";

/** Everything the page shows of a room's connection. Replaced, never changed in place. */
export interface RoomState {
  status: Status;
  me: Person | null;
  instance: string | null;
  transport: string | null;
  /** Ascending by seq, without gaps. */
  messages: Message[];
  outgoing: Outgoing[];
  people: Person[];
  count: number;
  typing: Person[];
  /** The last sequence number received; undefined before the first join. */
  offset: number | undefined;
  replayed: number;
  reconnects: number;
  /** Sequence numbers that were skipped, and that came twice. Both must stay 0. */
  gaps: number;
  duplicates: number;
  roundTripMs: number | null;
  /** The server's last words on an earlier connection. */
  lastBye: string | null;
  /** What keeps the room shut, for a person. */
  problem: string | null;
}

export const initialState: RoomState = {
  status: "connecting",
  me: null,
  instance: null,
  transport: null,
  messages: [],
  outgoing: [],
  people: [],
  count: 0,
  typing: [],
  offset: undefined,
  replayed: 0,
  reconnects: 0,
  gaps: 0,
  duplicates: 0,
  roundTripMs: null,
  lastBye: null,
  problem: null,
};

/** Takes in a batch from the server, counting what should never be: gaps and repeats. */
export function receive(state: RoomState, batch: Message[], replay: boolean): RoomState {
  let { offset, gaps, duplicates, replayed } = state;
  const fresh: Message[] = [];
  for (const message of batch) {
    if (offset !== undefined && message.seq <= offset) {
      duplicates++;
      continue;
    }
    if (offset !== undefined) gaps += message.seq - offset - 1;
    offset = message.seq;
    if (replay) replayed++;
    fresh.push(message);
  }
  const arrived = new Set(fresh.map(({ author, id }) => `${author.userId}:${id}`));
  const isHere = ({ id }: Outgoing) => arrived.has(`${state.me?.userId}:${id}`);
  return {
    ...state,
    offset,
    gaps,
    duplicates,
    replayed,
    messages: [...state.messages, ...fresh].slice(-KEPT_MESSAGES),
    outgoing: state.outgoing.filter((message) => !isHere(message)),
    typing: state.typing.filter(({ userId }) => !fresh.some((m) => m.author.userId === userId)),
  };
}

/** Puts a page of the past in front. */
export function prepend(state: RoomState, older: Message[]): RoomState {
  // Before the first message is here, nothing says where the past ends.
  const first = state.messages[0]?.seq ?? 0;
  const past = older.filter(({ seq }) => seq < first).sort((a, b) => a.seq - b.seq);
  return { ...state, messages: [...past, ...state.messages] };
}
