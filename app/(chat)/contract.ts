import { z } from "zod";
import { wholeNumber } from "@/lib/numbers";
import { type Problem, problemSchema } from "@/lib/problem";
import { lineOfText, textBlock } from "@/lib/text";

/** What chat allows. Whoever passes a limit is told which. */
export const chatLimits = {
  messageCharacters: 4_000,
  /** A larger frame closes the connection with WebSocket code 1009. */
  frameBytes: 64 * 1024,
  /** Per user and per socket, and ADDRESS_LIMIT_FACTOR times this per address. Refusals say how long to wait, and cost nothing. */
  messagesPerSecond: 5,
  messageBurst: 20,
  /** Per instance. */
  socketsPerUser: 10,
  /** Per instance; SOCKETS_PER_ADDRESS sets another. */
  socketsPerAddress: 50,
  roomsPerSocket: 10,
  roomsPerUser: 20,
  /** All guests of one address together: ADDRESS_LIMIT_FACTOR times this, on each instance. Beyond: 429. */
  roomsMade: { name: "rooms", limit: 20, windowMs: 3_600_000 },
  membersPerRoom: 100,
  /** Private rooms of others that are pinned in a guest's list: those that they were let into last. */
  joinedRoomsPinned: 50,
  roomsPage: 100,
  /**
   * Days after which a room is swept that nobody has used: no member connected, no message sent or read.
   * Its members and messages go with it. Never the rooms of the seed.
   */
  roomUnusedDays: 30,
  /** How exactly it is known when a room was last used, in milliseconds. */
  roomTouchMs: 600_000,
  /** Outgoing bytes that a socket may leave unread. Beyond it: closed, reason `slow consumer`. */
  pendingBytes: 1024 * 1024,
  /** Messages of the past that a first join receives; older ones come from the history. */
  firstJoin: 50,
  historyPage: 100,
  /** People that a presence event names; `count` counts all. */
  peopleNamed: 50,
} as const;

/** A room's name: lower-case letters, digits and single hyphens inside, at most 40 characters. */
export const roomName = z
  .string()
  .max(40)
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    "must be lower-case words of letters and digits, joined by hyphens",
  );

export const person = z.object({ userId: z.uuid(), name: z.string() });
export type Person = z.infer<typeof person>;

/** A stored message. `seq` is its place in the room: 1, 2, 3 … without gaps. */
export const message = z.object({
  room: roomName,
  seq: z.number().int().positive(),
  /** The sender's own id of it: a retry with the same id is the same message. */
  id: z.uuid(),
  author: person,
  text: z.string(),
  at: z.iso.datetime(),
});
export type Message = z.infer<typeof message>;

export const room = z.object({ name: roomName, title: z.string(), isPrivate: z.boolean() });
export type Room = z.infer<typeof room>;

// HTTP

/** `POST /api/chat/rooms`: a public room by its name, or a private one, whose name we make. */
export const roomRequest = z.discriminatedUnion("isPrivate", [
  z.strictObject({ isPrivate: z.literal(false), name: roomName, title: lineOfText(60).optional() }),
  z.strictObject({ isPrivate: z.literal(true), title: lineOfText(60) }),
]);

/** `GET /api/chat/rooms`. */
export const roomsQuery = z.object({
  /** Given by `Link`: the rooms made before this one. */
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: wholeNumber(1, chatLimits.roomsPage).default(50),
});
export const roomList = z.object({
  /** The lobby and its like, the rooms you made, and the last 50 private ones you were let into. */
  pinned: z.array(room),
  /** A page of all that you can read, the newest first; what is pinned may be among them. */
  rooms: z.array(room),
});

/** `POST /api/chat/rooms/{room}/members`. */
export const memberRequest = z.strictObject({ userId: z.uuid() });

/** `GET /api/chat/rooms/{room}/messages`: newest first. */
export const historyQuery = z.object({
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: wholeNumber(1, chatLimits.historyPage).default(50),
});
export const history = z.object({ messages: z.array(message) });

/** `POST /api/chat/rooms/{room}/flood`, in the demo: long messages into a room of one's own. */
export const floodRequest = z.strictObject({
  messages: z.number().int().min(1).max(4_000),
  characters: z.number().int().min(1).max(3_900).default(3_900),
});

/** 201: the place of the last one. */
export const flooded = z.object({ seq: z.number().int().positive() });

/** `GET /api/chat/pulse`: how the lobby is doing. */
export const pulse = z.object({ messages: z.number(), people: z.number() });

// Socket.IO, namespace /chat

export const chatNamespace = "/chat";

export const joinPayload = z.strictObject({
  room: roomName,
  /** The last sequence number the client has. Without it the last few messages are sent. */
  after: z.number().int().nonnegative().optional(),
});
export const leavePayload = z.strictObject({ room: roomName });
export const sendPayload = z.strictObject({
  room: roomName,
  id: z.uuid(),
  text: textBlock(chatLimits.messageCharacters),
});
/** Answered at once: what it takes is the round trip. */
export const measurePayload = z.strictObject({});
export const typingPayload = z.strictObject({ room: roomName, typing: z.boolean() });

const failed = z.object({ ok: z.literal(false), problem: problemSchema });
const acked = <T extends z.ZodRawShape>(shape: T) =>
  z.discriminatedUnion("ok", [z.object({ ok: z.literal(true), ...shape }), failed]);

/** `seq` is the position up to which the client has been sent everything. */
export const joinAck = acked({
  seq: z.number(),
  replayed: z.number(),
  people: z.array(person),
  count: z.number(),
});
/** The message is committed. `repeated`: it had been already, with this seq. */
export const sendAck = acked({ seq: z.number(), at: z.iso.datetime(), repeated: z.boolean() });
export const doneAck = acked({});

export const messagesEvent = z.object({
  room: roomName,
  /** Ascending by seq. */
  messages: z.array(message),
  /** Sent because the client was away, not because it is new. */
  replay: z.boolean(),
});
export const presenceEvent = z.object({
  room: roomName,
  people: z.array(person),
  count: z.number(),
});
export const typingEvent = z.object({ room: roomName, ...person.shape, typing: z.boolean() });
/** The position asked for is pruned, or beyond the end: what follows begins at `oldest`. */
export const resetEvent = z.object({ room: roomName, oldest: z.number() });
export const helloEvent = z.object({ instance: z.string(), bootId: z.string(), ...person.shape });
/** The server's last word on this connection. */
export const byeEvent = z.object({
  reason: z.enum([
    "slow consumer",
    "session expired",
    "logged out",
    "going away",
    "too many refusals",
  ]),
});

type Ack<T> = (answer: T | { ok: false; problem: Problem }) => void;

export interface ClientEvents {
  join(payload: z.input<typeof joinPayload>, ack: Ack<z.infer<typeof joinAck>>): void;
  leave(payload: z.input<typeof leavePayload>, ack: Ack<z.infer<typeof doneAck>>): void;
  send(payload: z.input<typeof sendPayload>, ack: Ack<z.infer<typeof sendAck>>): void;
  measure(payload: z.input<typeof measurePayload>, ack: Ack<z.infer<typeof doneAck>>): void;
  typing(payload: z.input<typeof typingPayload>, ack: Ack<z.infer<typeof doneAck>>): void;
}

export interface ServerEvents {
  hello(event: z.infer<typeof helloEvent>): void;
  messages(event: z.infer<typeof messagesEvent>): void;
  reset(event: z.infer<typeof resetEvent>): void;
  presence(event: z.infer<typeof presenceEvent>): void;
  typing(event: z.infer<typeof typingEvent>): void;
  bye(event: z.infer<typeof byeEvent>): void;
}
