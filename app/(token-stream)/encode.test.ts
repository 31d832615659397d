import {
  parseJsonEventStream,
  readUIMessageStream,
  type UIMessage,
  type UIMessageChunk,
  uiMessageChunkSchema,
} from "ai";
import { EventSourceParserStream } from "eventsource-parser/stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompletionEntry } from "./completion/entries";
import { encodeRaw } from "./encode-raw";
import { encodeUi } from "./encode-ui";

const end = (
  offset: number,
  status: "done" | "stopped" | "failed",
): Extract<CompletionEntry, { type: "end" }> => ({
  type: "end",
  offset,
  epoch: 1,
  status,
  reason: status === "done" ? "stop" : status,
  usage: { inputTokens: 3, outputTokens: 4 },
  failure:
    status === "failed"
      ? { type: "/problems/provider-cut", title: "Provider cut", status: 502, detail: "It broke." }
      : null,
});

function entriesOf(texts: string[], status: "done" | "stopped" | "failed"): CompletionEntry[] {
  let offset = 0;
  const tokens = texts.map((text) => {
    offset += text.length;
    return { type: "tokens" as const, text, offset: offset - text.length, count: 1, epoch: 1 };
  });
  return [{ type: "begin" }, ...tokens, end(offset, status)];
}

const byteStream = (text: string) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

const hostile = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
    fc.constantFrom("\n\ndata: [DONE]\n\n", "\r", "\0", "\u2028", "id: 9\n", "</script>"),
  ),
  { maxLength: 12 },
);
const statuses = fc.constantFrom("done" as const, "stopped" as const, "failed" as const);

describe("the raw stream", () => {
  it("is the cheat sheet's, byte for byte", () => {
    const frames = entriesOf(["Hel", "lo\n"], "done").map((entry, n) => encodeRaw(entry, n + 1));
    expect(frames).toEqual([
      "",
      'id: 2\ndata: {"token":"Hel"}\n\n',
      'id: 3\ndata: {"token":"lo\\n"}\n\n',
      'id: 3\nevent: finish\ndata: {"status":"done","reason":"stop","usage":{"inputTokens":3,"outputTokens":4}}\n\n' +
        "id: 4\ndata: [DONE]\n\n",
    ]);
  });

  it("says what failed before [DONE], and moves the position with [DONE] alone", () => {
    const frame = encodeRaw(end(0, "failed"), 7);
    expect(frame).toMatch(
      /^id: 6\nevent: error\ndata: \{"type":"\/problems\/provider-cut".*\n\nid: 7\ndata: \[DONE\]\n\n$/,
    );
  });

  it("gives back any text to an independent parser", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, statuses, async (texts, status) => {
        const text = entriesOf(texts, status)
          .map((entry, n) => encodeRaw(entry, n + 1))
          .join("");
        const events = await collect(
          byteStream(text)
            .pipeThrough(new TextDecoderStream() as never)
            .pipeThrough(new EventSourceParserStream()) as AsyncIterable<{
            event?: string;
            data: string;
          }>,
        );
        expect(events.at(-1)?.data).toBe("[DONE]");
        const tokens = events.slice(0, -1).filter(({ event }) => event === undefined);
        expect(tokens.map(({ data }) => JSON.parse(data).token)).toEqual(texts);
      }),
      { numRuns: 80 },
    );
  });
});

describe("the UI message stream", () => {
  async function throughTheSdk(entries: CompletionEntry[]) {
    const encode = encodeUi("c1");
    const bytes = byteStream(entries.map((entry, n) => encode(entry, n + 1)).join(""));
    const results = await collect(
      parseJsonEventStream({
        stream: bytes,
        schema: uiMessageChunkSchema,
      }) as unknown as AsyncIterable<{ success: boolean; value: UIMessageChunk }>,
    );
    expect(results.filter(({ success }) => !success)).toEqual([]);
    const chunks = results.map(({ value }) => value);
    const errors: unknown[] = [];
    const stream = new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    const onError = (error: unknown) => errors.push(error);
    const messages = await collect(readUIMessageStream({ stream, onError }));
    return { chunks, errors, message: messages.at(-1) as UIMessage };
  }

  it("passes the SDK's schema and gives the SDK the same text, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, statuses, async (texts, status) => {
        const { message, errors } = await throughTheSdk(entriesOf(texts, status));
        expect(message.id).toBe("c1");
        expect(message.metadata).toEqual({ status });
        const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
        expect(text).toBe(texts.join(""));
        expect(errors).toHaveLength(status === "failed" ? 1 : 0);
      }),
      { numRuns: 60 },
    );
  });

  it("tells of another producer without leaving a trace in the message", async () => {
    const [begin, token, last] = entriesOf(["a"], "done") as [
      CompletionEntry,
      CompletionEntry,
      CompletionEntry,
    ];
    const continued: CompletionEntry = { type: "continued", instance: "B", epoch: 2 };
    const { chunks, message } = await throughTheSdk([begin, token, continued, last]);
    expect(chunks.map(({ type }) => type)).toContain("data-continued");
    expect(message.parts.map(({ type }) => type)).toEqual(["step-start", "text"]);
  });
});
