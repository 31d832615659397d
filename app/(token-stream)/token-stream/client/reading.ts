import { problemSchema } from "@/lib/problem";
import { createSseParser, type ParsedEvent } from "@/lib/sse-parser";

const FIRST_RETRY_MS = 400;
const MAX_RETRY_MS = 4_000;

export interface ReadingOptions {
  url: string;
  onEvent(event: ParsedEvent): void;
  onFrame(direction: "in" | "out", label: string, body: string, bytes?: number): void;
  /** Whether there is a connection now. */
  onConnection(connected: boolean): void;
  /** It is refused for good. */
  onRefused(detail: string): void;
}

/**
 * Reads a completion's raw stream to its [DONE], and comes back with Last-Event-ID when it breaks
 * off before. By fetch, because EventSource hides its bytes.
 * @returns ends it; the completion goes on
 */
export function readRaw(options: ReadingOptions): () => void {
  const { url, onEvent, onFrame, onConnection, onRefused } = options;
  const closed = new AbortController();
  let lastEventId = "";
  let retryMs = FIRST_RETRY_MS;
  let isDone = false;
  void run();
  return () => closed.abort();

  async function run(): Promise<void> {
    while (!closed.signal.aborted && !isDone) {
      await connect().catch(() => undefined);
      if (closed.signal.aborted || isDone) return;
      onConnection(false);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    }
  }

  async function connect(): Promise<void> {
    const headers = { accept: "text/event-stream", "last-event-id": lastEventId };
    onFrame("out", `GET ${url}`, lastEventId && `Last-Event-ID: ${lastEventId}`);
    const response = await fetch(url, { headers, signal: closed.signal, cache: "no-store" });
    onFrame("in", `${response.status} ${response.statusText}`, "");
    if (response.status === 204) isDone = true;
    else if (response.ok && response.body) await read(response.body);
    else if (response.status < 500 && response.status !== 429) {
      isDone = true;
      const problem = problemSchema.safeParse(await response.json().catch(() => null)).data;
      onRefused(problem?.detail ?? `The server answered ${response.status}.`);
    }
  }

  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    retryMs = FIRST_RETRY_MS;
    onConnection(true);
    const parser = createSseParser({
      onBlock: (text) => onFrame("in", labelOf(text), text, new TextEncoder().encode(text).length),
      onEvent(event) {
        if (event.id) lastEventId = event.id;
        if (event.data === "[DONE]") isDone = true;
        onEvent(event);
      },
    });
    const reader = body.pipeThrough(decoder()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  }
}

const decoder = () => new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;

/** What a block is, in a word. */
const labelOf = (text: string) => {
  if (text.startsWith(":")) return "comment";
  return /^event: (\S+)/m.exec(text)?.[1] ?? (text.includes("data:") ? "data" : "retry");
};

/**
 * A fetch that shows the blocks of the event streams that pass through it: what the AI SDK reads.
 * @param onAnswer told where the completion of an answer is
 */
export function tappedFetch(
  onFrame: ReadingOptions["onFrame"],
  onAnswer: (location: string) => void,
): typeof fetch {
  return async (input, init) => {
    onFrame("out", `${init?.method ?? "GET"} ${String(input)}`, String(init?.body ?? ""));
    const response = await fetch(input, init);
    const protocol = response.headers.get("x-vercel-ai-ui-message-stream");
    onFrame("in", `${response.status} ${response.statusText}`, protocol ? `v1: ${protocol}` : "");
    const location = response.headers.get("content-location");
    if (location) onAnswer(location);
    if (!response.body || !response.ok) return response;
    const [ours, theirs] = response.body.tee();
    void watch(ours, onFrame);
    return new Response(theirs, response);
  };
}

async function watch(body: ReadableStream<Uint8Array>, onFrame: ReadingOptions["onFrame"]) {
  const parser = createSseParser({
    onEvent() {},
    onBlock(text) {
      const type = /"type":"([\w-]+)"/.exec(text)?.[1] ?? labelOf(text);
      onFrame("in", type, text, new TextEncoder().encode(text).length);
    },
  });
  try {
    const reader = body.pipeThrough(decoder()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  } catch {
    onFrame("in", "cut", "The connection broke.");
  }
}
