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
import { partsOf } from "./completion/written";
import { encodeRaw } from "./encode-raw";
import { encodeUi } from "./encode-ui";
import { toMessageParts } from "./message-parts";

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

it("names what is no token of the answer: reasoning, tools, sources", () => {
  const position = { offset: 0, epoch: 1 };
  const call = { id: "call-1", name: "search", input: { query: "log" } };
  const frames = [
    { type: "reasoning", text: "Hm.", count: 1, ...position } as const,
    { type: "tool-call", ...call, ...position } as const,
    { type: "tool-result", id: "call-1", output: { passages: [] }, ...position } as const,
    { type: "tool-result", id: "call-1", error: "It is away.", ...position } as const,
    { type: "source", url: "https://a.example/", title: "A", ...position } as const,
  ].map((entry, n) => encodeRaw(entry, n + 2));
  expect(frames).toEqual([
    'id: 2\nevent: reasoning\ndata: {"token":"Hm."}\n\n',
    'id: 3\nevent: tool-call\ndata: {"id":"call-1","name":"search","input":{"query":"log"}}\n\n',
    'id: 4\nevent: tool-result\ndata: {"id":"call-1","output":{"passages":[]}}\n\n',
    'id: 5\nevent: tool-result\ndata: {"id":"call-1","error":"It is away."}\n\n',
    'id: 6\nevent: source\ndata: {"url":"https://a.example/","title":"A"}\n\n',
  ]);
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

  const position = { offset: 0, epoch: 1 };
  const rich: CompletionEntry[] = [
    { type: "begin" },
    { type: "reasoning", text: "Let me ", count: 1, ...position },
    { type: "reasoning", text: "look. ", count: 1, ...position },
    { type: "tokens", text: "I look it up.", count: 3, ...position },
    { type: "tool-call", id: "call-1", name: "search", input: { query: "log" }, ...position },
    { type: "tool-call", id: "call-2", name: "search", input: { query: "x" }, ...position },
    { type: "continued", instance: "B", epoch: 2 },
    { type: "tool-result", id: "call-1", output: { passages: [] }, ...position },
    { type: "tool-result", id: "call-2", error: "It is away.", ...position },
    { type: "reasoning", text: "Well.", count: 1, ...position },
    { type: "tokens", text: "Here it is.", count: 3, ...position },
    { type: "source", url: "https://a.example/", title: "A", ...position },
    end(0, "done"),
  ];
  const withoutSteps = (parts: UIMessage["parts"]) =>
    parts.filter(({ type }) => type !== "step-start");

  it("brings reasoning, tools and sources as the SDK's own parts, in steps", async () => {
    const { message, errors, chunks } = await throughTheSdk(rich);
    expect(errors).toEqual([]);
    expect(message.parts).toMatchObject([
      { type: "step-start" },
      { type: "reasoning", text: "Let me look. " },
      { type: "text", text: "I look it up." },
      { type: "tool-search", toolCallId: "call-1", state: "output-available" },
      {
        type: "tool-search",
        toolCallId: "call-2",
        state: "output-error",
        errorText: "It is away.",
      },
      { type: "step-start" },
      { type: "reasoning", text: "Well." },
      { type: "text", text: "Here it is." },
      { type: "source-url", url: "https://a.example/", title: "A" },
    ]);
    expect(chunks.filter(({ type }) => type === "finish-step")).toHaveLength(2);
  });

  it("is the same message that the conversation has of it afterwards", async () => {
    const { message } = await throughTheSdk(rich);
    const stored = toMessageParts(partsOf(rich)) as UIMessage["parts"];
    expect(withoutSteps(message.parts)).toMatchObject(stored);
    expect(stored).toHaveLength(withoutSteps(message.parts).length);
  });
});
