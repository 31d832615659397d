import { io, type Socket } from "socket.io-client";
import {
  type ClientEvents,
  chatNamespace,
  doneAck,
  helloEvent,
  joinAck,
  messagesEvent,
  presenceEvent,
  resetEvent,
  type ServerEvents,
  typingEvent,
} from "../../contract";
import { createOutbox } from "./outbox";
import { initialState, prepend, type RoomState, receive } from "./state";

const ACK_MS = 5_000;
const MEASURE_MS = 2_000;
const RETRY_MS = 1_000;
/** Where the server makes no new session, it seldom does a second later. */
const SESSION_RETRY_MS = 10_000;
/** Somebody who said that they type and went silent is taken to have stopped. */
const TYPING_MS = 6_000;

export interface ConnectionOptions {
  /** Origin of the instance; the page's own when empty. */
  url?: string;
  room: string;
  /** For programs: the bearer token. Browsers send their cookie. */
  token?: string;
  /** Makes sure that there is a session before connecting; called again when it ended. */
  ensureSession(): Promise<void>;
  /** Called with each frame that goes over the wire. */
  onFrame?(direction: "in" | "out", type: string, body: string): void;
}

export type ChatSocket = Socket<ServerEvents, ClientEvents>;

/**
 * A room over one connection that may break at any time: it joins again with the position it has,
 * receives what it missed, and sends again what was not acknowledged. Framework-free: the page
 * subscribes to its state, and the tests drive it from Node.
 */
export function createConnection({
  url = "",
  room,
  token,
  ensureSession,
  onFrame,
}: ConnectionOptions) {
  const listeners = new Set<() => void>();
  let state = initialState;
  let measuring: ReturnType<typeof setInterval> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const typingUntil = new Map<string, ReturnType<typeof setTimeout>>();

  const socket: ChatSocket = io(`${url}${chatNamespace}`, {
    autoConnect: false,
    transports: ["websocket", "polling"],
    // Without it a client whose WebSocket is blocked tries the same one again, for ever.
    tryAllTransports: true,
    auth: token ? { token } : {},
    reconnectionDelay: 200,
    reconnectionDelayMax: 2_000,
  });
  const outbox = createOutbox({
    socket,
    room,
    ackMs: ACK_MS,
    ready: () => socket.connected && state.status === "joined",
    read: () => state.outgoing,
    write: (outgoing) => set({ outgoing }),
  });

  function set(change: Partial<RoomState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  /** A new session, and a connection with it. Where the server makes none now it may soon. */
  async function beginAnew(): Promise<void> {
    try {
      await ensureSession();
      socket.connect();
    } catch (error) {
      set({ problem: (error as Error).message });
      later(beginAnew, SESSION_RETRY_MS);
    }
  }

  async function join(): Promise<void> {
    clearTimeout(retry);
    if (!socket.connected) return;
    try {
      const payload = { room, after: state.offset };
      const answer = joinAck.parse(await socket.timeout(ACK_MS * 4).emitWithAck("join", payload));
      if (!answer.ok) {
        set({ problem: answer.problem.detail ?? answer.problem.title });
        if (answer.problem.status >= 500) later(join);
        return;
      }
      const { people, count, seq } = answer;
      set({ status: "joined", problem: null, people, count, offset: state.offset ?? seq });
      void outbox.flush();
    } catch {
      // No answer: the connection is no good. A new one joins again.
      socket.io.engine?.close();
    }
  }

  /** What the server cannot do now it may soon. */
  function later(again: () => void, ms = RETRY_MS): void {
    clearTimeout(retry);
    retry = setTimeout(again, ms);
  }

  async function measure(): Promise<void> {
    if (!socket.connected || state.status !== "joined") return;
    const begun = performance.now();
    const answer = await socket
      .timeout(ACK_MS)
      .emitWithAck("measure", {})
      .catch(() => null);
    if (doneAck.safeParse(answer).data?.ok) set({ roundTripMs: performance.now() - begun });
    set({ transport: socket.io.engine?.transport?.name ?? null });
  }

  function setTyping(event: unknown): void {
    const { userId, name, typing } = typingEvent.parse(event);
    clearTimeout(typingUntil.get(userId));
    const others = state.typing.filter((one) => one.userId !== userId);
    if (typing)
      typingUntil.set(
        userId,
        setTimeout(() => setTyping({ room, userId, name, typing: false }), TYPING_MS),
      );
    set({ typing: typing ? [...others, { userId, name }] : others });
  }

  socket.on("hello", (event) => {
    const { instance, userId, name } = helloEvent.parse(event);
    set({ instance, me: { userId, name }, transport: socket.io.engine.transport.name });
    void join();
  });
  socket.on("messages", (event) => {
    const { messages, replay } = messagesEvent.parse(event);
    set(receive(state, messages, replay));
  });
  socket.on("presence", (event) => {
    const { people, count } = presenceEvent.parse(event);
    set({ people, count });
  });
  socket.on("typing", setTyping);
  socket.on("reset", (event) => {
    // What we have no longer joins on to what comes.
    set({ offset: resetEvent.parse(event).oldest - 1, messages: [] });
  });
  socket.on("bye", ({ reason }) => {
    set({ lastBye: reason });
    if (reason !== "logged out") return;
    set({ status: "logged out" });
    socket.disconnect();
  });
  socket.on("disconnect", () => {
    if (state.status === "joined" || state.status === "connecting") set({ status: "away" });
    set({ reconnects: state.reconnects + 1, people: [], count: 0, typing: [] });
  });
  socket.on("connect_error", async (error) => {
    const problem = (error as { data?: { status?: number; detail?: string } }).data;
    if (!problem) return; // The transport failed: Socket.IO tries again by itself.
    set({ problem: problem.detail ?? error.message });
    if (problem.status === 401 && !token) void beginAnew();
  });
  socket.io.on("open", () => {
    const { engine } = socket.io;
    engine.on("packet", ({ type, data }) => onFrame?.("in", type, text(data)));
    engine.on("packetCreate", ({ type, data }) => onFrame?.("out", type, text(data)));
  });

  return {
    socket,
    state: () => state,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set,
    async open(): Promise<void> {
      if (!token) await ensureSession();
      measuring = setInterval(measure, MEASURE_MS);
      socket.connect();
    },
    close(): void {
      clearInterval(measuring);
      clearTimeout(retry);
      for (const timer of typingUntil.values()) clearTimeout(timer);
      outbox.close();
      socket.disconnect();
    },
    /** Puts a message in the outbox; it stays there until it is stored or refused. */
    send: outbox.send,
    retry: outbox.retry,
    discard: outbox.discard,
    typing(typing: boolean): void {
      if (socket.connected && state.status === "joined")
        socket.emit("typing", { room, typing }, () => {});
    },
    prepend: (older: Parameters<typeof prepend>[1]) => set(prepend(state, older)),
  };
}

export type Connection = ReturnType<typeof createConnection>;

const text = (data: unknown) =>
  typeof data === "string" ? data : data === undefined ? "" : "(binary)";
