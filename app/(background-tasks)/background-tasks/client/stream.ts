import type { OnFrame } from "@/components/wire-client";
import { createSseParser, type ParsedEvent } from "@/lib/sse-parser";

const RETRY_MS = 800;
const URL = "/api/jobs/events";

export interface StreamOptions {
  onEvent(event: ParsedEvent): void;
  /** Whether there is a connection now. */
  onConnection(connected: boolean): void;
  onFrame: OnFrame;
}

/**
 * Reads the events of all of one's jobs, and comes back with Last-Event-ID when it breaks off. By
 * fetch, because EventSource hides its bytes.
 * @returns ends it
 */
export function readJobEvents({ onEvent, onConnection, onFrame }: StreamOptions): () => void {
  const closed = new AbortController();
  let lastEventId = "";
  void run();
  return () => closed.abort();

  async function run(): Promise<void> {
    while (!closed.signal.aborted) {
      await connect().catch(() => undefined);
      if (closed.signal.aborted) return;
      onConnection(false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async function connect(): Promise<void> {
    onFrame("out", `GET ${URL}`, lastEventId && `Last-Event-ID: ${lastEventId}`);
    const response = await fetch(URL, {
      headers: { accept: "text/event-stream", "last-event-id": lastEventId },
      signal: closed.signal,
      cache: "no-store",
    });
    onFrame("in", `${response.status} ${response.statusText}`, "");
    if (!response.ok || !response.body) return;
    onConnection(true);
    const parser = createSseParser({
      onBlock(text) {
        if (text.startsWith(":")) return;
        const label = /^event: (\S+)/m.exec(text)?.[1] ?? "id";
        onFrame("in", label, text, new TextEncoder().encode(text).length);
      },
      onId(id) {
        lastEventId = id;
      },
      onEvent(event) {
        if (event.id) lastEventId = event.id;
        onEvent(event);
      },
    });
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
    const reader = response.body.pipeThrough(decoder).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  }
}
