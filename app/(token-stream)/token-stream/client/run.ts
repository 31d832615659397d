import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport, type UIMessage } from "ai";
import { createWireStore } from "@/components/wire-store";
import { api } from "@/lib/api";
import { problemSchema } from "@/lib/problem";
import { completionState, conversation } from "../../contract";
import { readRaw, tappedFetch } from "./reading";
import { afterEvent, emptyView, type View } from "./view";

/** After coming back, frames are a replay for this long: they say nothing of the pace. */
const REPLAY_MS = 500;
const TELL_MS = 50;

/**
 * One page's completion: asked through the AI SDK's chat, and read a second time, raw, from the
 * same log. Either reader may come and go; the completion does not notice.
 */
export function createRun() {
  const listeners = new Set<() => void>();
  const raw = createWireStore();
  const ui = createWireStore();
  let view = emptyView;
  let shown = view;
  let chat: Chat<UIMessage> | null = null;
  let closeRaw = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** A hundred tokens a second are twenty pictures a second. */
  function set(change: Partial<View>): void {
    view = { ...view, ...change };
    timer ??= setTimeout(tell, TELL_MS);
  }
  function tell(): void {
    timer = undefined;
    shown = view;
    for (const listener of listeners) listener();
  }

  function newChat(id: string, messages: UIMessage[], onAnswer: (location: string) => void) {
    const fetch = tappedFetch(ui.add, onAnswer);
    const transport = new DefaultChatTransport({ api: "/api/assistant", fetch });
    return new Chat<UIMessage>({ id, messages, transport, onError: (error) => failed(error) });
  }

  /** The SDK does not come back by itself. What it has of the answer would come twice. */
  function failed(error: Error): void {
    const known = parseProblem(error.message);
    if (view.status === "asking") set({ status: "idle", problem: known ?? error.message });
  }
  function resumeChat(): void {
    if (!chat || view.status !== "running" || chat.status === "streaming") return;
    const { messages } = chat;
    chat.messages = messages.filter(({ role }, n) => role === "user" || n < messages.length - 1);
    void chat.resumeStream().catch(() => undefined);
  }

  function follow(id: string, isNew: boolean): void {
    const askedAt = performance.now();
    let since = isNew ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    let wasAway = false;
    closeRaw();
    closeRaw = readRaw({
      url: `/api/completions/${id}/stream`,
      onFrame: raw.add,
      onRefused: (problem) => set({ problem, status: "idle" }),
      onConnection(connected) {
        if (connected && (wasAway || !isNew)) since = performance.now() + REPLAY_MS;
        if (connected && wasAway) resumeChat();
        if (!connected) wasAway = true;
        set(connected ? { connected } : { connected, lastAt: null });
      },
      onEvent(event) {
        const now = performance.now();
        const before = view;
        set(afterEvent(view, event, now, now > since));
        if (isNew && before.text === "" && view.text !== "" && view.firstTokenMs === null)
          set({ firstTokenMs: Math.round(now - (startedAt ?? askedAt)) });
        if (event.data === "[DONE]") set({ connected: false });
      },
    });
  }
  let startedAt: number | null = null;

  return {
    raw,
    ui,
    view: () => shown,
    chat: () => chat,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Asks, in a conversation of its own. */
    ask(prompt: string, onId: (id: string) => void): void {
      closeRaw();
      const chatId = crypto.randomUUID();
      startedAt = performance.now();
      view = { ...emptyView, status: "asking", prompt, chatId };
      set({});
      chat = newChat(chatId, [], (location) => {
        const id = location.split("/").at(-1) ?? "";
        if (view.id === id) return;
        set({ id, status: "running" });
        follow(id, true);
        onId(id);
        void loadInstance(id);
      });
      void chat.sendMessage({ text: prompt });
    },

    /** Shows a completion that was asked before: here, in another tab, on another instance. */
    async open(id: string): Promise<void> {
      closeRaw();
      view = { ...emptyView, status: "asking", id };
      set({});
      const answer = await readCompletion(id);
      if (!answer?.data) {
        const problem = answer?.error?.detail ?? "The server does not answer.";
        return set({ status: "idle", problem });
      }
      const state = completionState.parse(answer.data);
      const { prompt, chatId, instance, timings } = state;
      set({ status: "running", prompt, chatId, instance, firstTokenMs: timings.firstTokenMs });
      follow(id, false);
      if (chatId === null) return;
      const params = { path: { id: chatId } };
      const said = await api.GET("/api/assistant/{id}", { params }).catch(() => null);
      if (!said?.data) return;
      const { messages, running } = conversation.parse(said.data);
      chat = newChat(chatId, messages as UIMessage[], () => {});
      set({});
      if (running) void chat.resumeStream().catch(() => undefined);
    },

    /** Ends the making of it, for every reader. */
    async stop(): Promise<void> {
      const params = { path: { id: view.id ?? "" } };
      const answer = await api.POST("/api/completions/{id}/stop", { params }).catch(() => null);
      if (!answer?.data) set({ problem: "It could not be stopped. Try again." });
    },

    close(): void {
      closeRaw();
      clearTimeout(timer);
      raw.close();
      ui.close();
    },
  };

  async function loadInstance(id: string): Promise<void> {
    const answer = await readCompletion(id);
    if (!answer?.data) return;
    const { instance } = completionState.parse(answer.data);
    if (view.id === id && view.continued.length === 0) set({ instance });
  }
}

export type Run = ReturnType<typeof createRun>;

/** Null where the server does not answer. */
const readCompletion = (id: string) =>
  api.GET("/api/completions/{id}", { params: { path: { id } } }).catch(() => null);

function parseProblem(text: string): string | null {
  try {
    return problemSchema.parse(JSON.parse(text)).detail ?? null;
  } catch {
    return null;
  }
}
