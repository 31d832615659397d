import { problemSchema } from "@/lib/problem";
import { createSseParser, type ParsedEvent } from "@/lib/sse-parser";
import { endData, eventData, eventType, liveData, resetData } from "../../contract";
import type { Happening } from "./state";

/** Three heartbeats: a connection that is quieter than that is dead. */
const SILENCE_MS = 45_000;
const CUT_MS = 10_000;
const MAX_BACKOFF_MS = 30_000;

export interface LinkOptions {
  url: string;
  /** The last id there is; null begins with the latest events. */
  position(): number | null;
  tell(happening: Happening): void;
  /** What crosses the wire; `bytes` of the blocks of the stream. */
  onFrame(direction: "in" | "out", label: string, body: string, bytes?: number): void;
  /** Makes sure that there is a session. */
  ensureSession(): Promise<unknown>;
}

/**
 * What EventSource does, over fetch, because a page cannot see EventSource's bytes and heartbeats:
 * reads the stream, and comes back with Last-Event-ID after the time that `retry` said.
 */
export function createLink({ url, position, tell, onFrame, ensureSession }: LinkOptions) {
  const closed = new AbortController();
  let connection = new AbortController();
  let retryMs = 2_000;
  let failures = 0;
  let wasCut = false;
  let hurry = () => {};

  /** Connects, reads to the end, waits, and begins again, until there is nothing to come back for. */
  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      tell({ kind: "connecting" });
      const outcome = await connect().catch((): Outcome => ({ problem: null }));
      if (closed.signal.aborted) return;
      if ("ended" in outcome) return tell({ kind: "ended", reason: outcome.ended });
      const ms = wasCut ? CUT_MS : Math.max(outcome.afterMs ?? 0, backoff());
      tell({ kind: "lost", reconnectAt: Date.now() + ms, cut: wasCut, problem: outcome.problem });
      wasCut = false;
      await pause(ms);
    }
  }

  const backoff = () => Math.min(retryMs * 2 ** Math.max(0, failures - 1), MAX_BACKOFF_MS);

  async function connect(): Promise<Outcome> {
    failures++;
    connection = new AbortController();
    const { signal } = connection;
    const last = position();
    const headers = {
      accept: "text/event-stream",
      ...(last !== null && { "last-event-id": `${last}` }),
    };
    onFrame("out", `GET ${url}`, last === null ? "" : `Last-Event-ID: ${last}`);
    const response = await fetch(url, { headers, signal, cache: "no-store" });
    onFrame(
      "in",
      `${response.status} ${response.statusText}`,
      response.headers.get("content-type") ?? "",
    );
    if (response.status === 204) return { ended: "nothing to come back for" };
    if (!response.ok || !response.body) return refused(response);
    failures = 0;
    return read(response.body, connection);
  }

  async function refused(response: Response): Promise<Outcome> {
    const problem = problemSchema.safeParse(await response.json().catch(() => null)).data;
    if (response.status === 401) await ensureSession();
    const afterMs = Number(response.headers.get("retry-after") ?? 0) * 1_000;
    return { afterMs, problem: problem?.detail ?? `The server answered ${response.status}.` };
  }

  async function read(body: ReadableStream<Uint8Array>, own: AbortController): Promise<Outcome> {
    let outcome: Outcome = { problem: null };
    let silence: ReturnType<typeof setTimeout> | undefined;
    const parser = createSseParser({
      onBlock: (text) => onFrame("in", labelOf(text), text, bytesOf(text)),
      onComment: (text) => text && tell({ kind: "open", instance: text }),
      onRetry: (ms) => {
        retryMs = ms;
      },
      onId: (id) => tell({ kind: "id", id: Number(id) }),
      onEvent: (event) => {
        outcome = take(event) ?? outcome;
      },
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    try {
      for (;;) {
        silence = setTimeout(() => own.abort(), SILENCE_MS);
        const { done, value } = await reader.read();
        clearTimeout(silence);
        if (done || own.signal.aborted) return outcome;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } catch {
      return outcome;
    } finally {
      clearTimeout(silence);
    }
  }

  /** @returns how the stream ends, where this event says so */
  function take({ id, event, data }: ParsedEvent): Outcome | undefined {
    const json: unknown = JSON.parse(data);
    if (event === "live") {
      liveData.parse(json);
      tell({ kind: "live" });
    } else if (event === "reset") tell({ kind: "reset", ...resetData.parse(json) });
    else if (event === "end") {
      const { reason } = endData.parse(json);
      return reason === "logged out"
        ? { ended: reason }
        : { problem: `The server ended it: ${reason}.` };
    } else {
      const { at, payload } = eventData.parse(json);
      tell({ kind: "event", event: { id: Number(id), type: eventType.parse(event), at, payload } });
    }
    return undefined;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  void run();
  return {
    /** Cuts the connection, as a network would, and stays away for ten seconds. */
    cut(): void {
      wasCut = true;
      connection.abort();
    },
    /** Comes back now instead of later. */
    comeBack: () => hurry(),
    close(): void {
      closed.abort();
      connection.abort();
      hurry();
    },
  };
}

export type Link = ReturnType<typeof createLink>;

/** The stream is over for good, or comes back, after a time that the server asked for. */
type Outcome =
  | { ended: Extract<Happening, { kind: "ended" }>["reason"] }
  | { problem: string | null; afterMs?: number };

/** With its line break, and the blank line that ends it. */
const bytesOf = (block: string) => new TextEncoder().encode(block).length + 2;

/** What a block is, in a word. */
function labelOf(block: string): string {
  if (block.startsWith(":")) return "comment";
  return /^event: (.*)$/m.exec(block)?.[1] ?? (block.startsWith("retry:") ? "retry" : "id");
}
