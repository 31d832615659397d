import { APICallError, generateText, isStepCount, streamText, tool } from "ai";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readPassages } from "../../lib/documents/passages.ts";
import { createDocumentSearch } from "../../lib/documents/search.ts";
import { searchDocuments, searchInput } from "../../lib/documents/tool.ts";
import { REFUSAL } from "./answer.ts";
import { MAX_BODY_BYTES } from "./body.ts";
import { type EmbeddedOpenAI, startOpenAI } from "./index.ts";
import { apiKey, ask, compatibleModelOf, modelOf, root, statsOf } from "./openai.fixture.ts";
import { tokenize } from "./tokens.ts";

const QUESTION = "How does a stream resume after a disconnect?";
const user = (content: string) => ({ role: "user" as const, content });
const assistant = (content: string) => ({ role: "assistant" as const, content });

let server: EmbeddedOpenAI;
beforeAll(async () => {
  server = await startOpenAI({ root, apiKey });
});
afterAll(() => server.stop());

async function answerTo(...messages: ReturnType<typeof user | typeof assistant>[]) {
  return (await generateText({ model: modelOf(server), messages })).text;
}

interface Choice {
  message: { role: string; content: string };
}

async function choiceOf(body: object): Promise<Choice> {
  const response = await ask(server, body);
  expect(response.status).toBe(200);
  const { choices } = (await response.json()) as { choices: [Choice] };
  return choices[0];
}

const contentOf = async (body: object) => (await choiceOf(body)).message.content;

/** The data of each event of a raw stream. */
async function frames(response: Response): Promise<string[]> {
  const text = await response.text();
  expect(text).toMatch(/^(data: [^\n]+\n\n)+$/);
  return text.split("\n\n").flatMap((event) => (event ? [event.slice("data: ".length)] : []));
}

describe("through the AI SDK", () => {
  test("a stream brings the same text as one answer, and the same usage", async () => {
    const streamed = streamText({ model: modelOf(server), prompt: QUESTION });
    const chunks: string[] = [];
    for await (const chunk of streamed.textStream) chunks.push(chunk);
    const whole = await generateText({ model: modelOf(server), prompt: QUESTION });
    expect(chunks.join("")).toBe(whole.text);
    expect(chunks).toEqual(tokenize(whole.text));
    expect(await streamed.finishReason).toBe("stop");
    const { inputTokens, outputTokens } = await streamed.usage;
    expect(outputTokens).toBe(chunks.length);
    expect(inputTokens).toBe(tokenize(QUESTION).length + 4);
    expect(whole.usage.outputTokens).toBe(outputTokens);
    expect(whole.usage.inputTokens).toBe(inputTokens);
  });

  test("the answer depends on the messages and on nothing else", async () => {
    const first = await answerTo(user(QUESTION));
    const other = await startOpenAI({ root, apiKey });
    const later = await generateText({ model: modelOf(other), prompt: QUESTION });
    await other.stop();
    expect(later.text).toBe(first);
    expect(await answerTo(user(QUESTION))).toBe(first);
  });

  test("it continues an answer that was cut, byte for byte", async () => {
    const full = await answerTo(user(QUESTION));
    expect(full.length).toBeGreaterThan(400);
    const cuts = fc.integer({ min: 0, max: full.length });
    await fc.assert(
      fc.asyncProperty(cuts, async (cut) => {
        const begun = full.slice(0, cut);
        expect(begun + (await answerTo(user(QUESTION), assistant(begun)))).toBe(full);
      }),
      { numRuns: 40, examples: [[0], [full.length], [full.length - 1]] },
    );
  });

  test("the end of the tokens is told as `length`", async () => {
    const { text, finishReason, usage } = await generateText({
      model: modelOf(server),
      prompt: QUESTION,
      maxOutputTokens: 7,
    });
    expect(finishReason).toBe("length");
    expect(usage.outputTokens).toBe(7);
    const full = await answerTo(user(QUESTION));
    expect(text).toBe(tokenize(full).slice(0, 7).join(""));
  });

  test("it reports, calls the search that it is offered, and quotes what that found", async () => {
    const asked: string[] = [];
    const model = compatibleModelOf(server);
    const { stream, steps } = streamText({
      ...{ model, prompt: QUESTION, reasoning: "low", stopWhen: isStepCount(3) },
      tools: {
        search_documents: tool({
          inputSchema: searchInput,
          execute({ query }) {
            asked.push(query);
            return searchDocuments(createDocumentSearch(readPassages(root)), query);
          },
        }),
      },
    });
    const types: string[] = [];
    for await (const { type } of stream) if (types.at(-1) !== type) types.push(type);
    expect(asked).toEqual(["stream resume disconnect"]);
    expect(
      types.filter((type) => /^(reasoning|text)-delta|^tool-(call|result)/.test(type)),
    ).toEqual([
      ...["reasoning-delta", "tool-call", "tool-result", "reasoning-delta", "text-delta"],
    ]);
    const [first, second] = await steps;
    expect([first?.rawFinishReason, second?.rawFinishReason]).toEqual(["tool_calls", "stop"]);
    expect(first?.usage.outputTokenDetails.reasoningTokens).toBeGreaterThan(10);
    expect(second?.text).toContain("— `app/(event-stream)/README.md`");
  });

  test("after a tool's result it continues an answer that was cut, byte for byte", async () => {
    const passages = searchDocuments(createDocumentSearch(readPassages(root)), "stream resume");
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    const messages = [
      { role: "user", content: QUESTION },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: JSON.stringify(passages) },
    ];
    const full = await contentOf({ messages });
    expect(full.length).toBeGreaterThan(300);
    for (const cut of [0, 1, 57, full.length - 1, full.length]) {
      const begun = full.slice(0, cut);
      const rest = await contentOf({ messages: [...messages, assistant(begun)] });
      expect(begun + rest).toBe(full);
    }
  });

  test("a wrong key is an error that the SDK understands", async () => {
    const model = modelOf(server, 0, "wrong");
    const error = await generateText({ model, prompt: QUESTION }).catch((thrown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect([error.statusCode, error.isRetryable]).toEqual([401, false]);
    expect(error.message).toBe("Incorrect API key provided.");
  });

  test("leaving ends the answer at once, timers and all", async () => {
    const slow = await startOpenAI({ root, apiKey });
    const leave = new AbortController();
    const { textStream } = streamText({
      model: modelOf(slow, 5),
      prompt: QUESTION,
      abortSignal: leave.signal,
    });
    const reader = textStream[Symbol.asyncIterator]();
    await reader.next();
    expect(await statsOf(slow)).toEqual({ open: 1, started: 1, finished: 0, aborted: 0 });
    leave.abort();
    const after = { open: 0, started: 1, finished: 0, aborted: 1 };
    await vi.waitFor(async () => expect(await statsOf(slow)).toEqual(after), 1_000);
    await slow.stop();
  });
});

describe("on the wire", () => {
  const messages = [user(QUESTION)];

  test("a stream is OpenAI's: role, content, finish, usage, [DONE]", async () => {
    const stream_options = { include_usage: true };
    const response = await ask(server, { messages, stream: true, stream_options });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const all = await frames(response);
    expect(all.at(-1)).toBe("[DONE]");
    const chunks = all.slice(0, -1).map((text) => JSON.parse(text));
    const [first] = chunks;
    expect(first).toMatchObject({ object: "chat.completion.chunk", model: "patternbook-docs" });
    expect(first.id).toMatch(/^chatcmpl-/);
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
    expect(first.choices).toEqual([
      { index: 0, delta: { role: "assistant", content: "" }, finish_reason: null },
    ]);
    expect(chunks.at(-2).choices).toEqual([{ index: 0, delta: {}, finish_reason: "stop" }]);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { completion_tokens: chunks.length - 3 },
    });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(
      chunks.slice(0, -1).map(() => null),
    );
  });

  test("without include_usage there is no usage", async () => {
    const all = await frames(await ask(server, { messages, stream: true }));
    expect(all.join("\n")).not.toContain('"usage"');
  });

  test("the models are one, and it is no secret that others are none", async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const list = await (await fetch(`${server.baseUrl}/models`, { headers })).json();
    expect(list).toMatchObject({ object: "list", data: [{ id: "patternbook-docs" }] });
    const one = await fetch(`${server.baseUrl}/models/patternbook-docs`, { headers });
    expect(await one.json()).toEqual(list.data[0]);
    expect((await fetch(`${server.baseUrl}/models/gpt-4`, { headers })).status).toBe(404);
  });

  test.each([
    ["no JSON", "{", 400, null, null],
    ["no object", "[]", 400, "invalid_value", null],
    ["no messages", { messages: [] }, 400, "invalid_value", "messages"],
    [
      "an unknown role",
      { messages: [{ role: "wizard", content: "" }] },
      400,
      "invalid_value",
      "messages[0].role",
    ],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      400,
      "unsupported_value",
      "messages[0].content[0].type",
    ],
    [
      "a user without content",
      { messages: [{ role: "user" }] },
      400,
      "invalid_value",
      "messages[0].content",
    ],
    [
      "options of a stream without a stream",
      { messages, stream_options: { include_usage: true } },
      400,
      null,
      "stream_options",
    ],
    [
      "two limits",
      { messages, max_tokens: 1, max_completion_tokens: 1 },
      400,
      "invalid_parameter_combination",
      "max_tokens",
    ],
    ["a misspelt parameter", { messages, temprature: 1 }, 400, "unknown_parameter", "temprature"],
    ["no tokens at all", { messages, max_tokens: 0 }, 400, "invalid_value", "max_tokens"],
    ["two answers", { messages, n: 2 }, 400, "unsupported_value", "n"],
    ["stop words", { messages, stop: ["."] }, 400, "unsupported_value", "stop"],
    [
      "JSON as the answer",
      { messages, response_format: { type: "json_object" } },
      400,
      "unsupported_value",
      "response_format.type",
    ],
    ["another model", { messages, model: "gpt-4" }, 404, "model_not_found", "model"],
    ["too much", "x".repeat(MAX_BODY_BYTES + 1), 413, "request_too_large", null],
  ])("%s is refused in OpenAI's shape", async (_, body, status, code, param) => {
    const response = await ask(server, body);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toEqual({
      message: expect.any(String),
      type: "invalid_request_error",
      code,
      param,
    });
  });

  test.each([
    ["POST", "/models", 405],
    ["GET", "/chat/completions", 405],
    ["GET", "/responses", 404],
  ])("%s %s is %d", async (method, path, status) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const response = await fetch(server.baseUrl + path, { method, headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  test.each<Record<string, string>>([
    {},
    { authorization: "Bearer " },
    { authorization: "Basic YTpi" },
  ])("a request with %j has no key", async (headers) => {
    const response = await fetch(`${server.baseUrl}/models`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  });

  test.each(["fast", "-1", "", "10001", "NaN"])("X-Pace: %s is refused", async (pace) => {
    expect((await ask(server, { messages }, { headers: { "x-pace": pace } })).status).toBe(400);
  });

  test("content may come in parts", async () => {
    const parts = [{ role: "user", content: [{ type: "text", text: QUESTION }] }];
    expect(await contentOf({ messages: parts })).toBe(await contentOf({ messages }));
  });

  test("a conversation may repeat the messages that were answered, as they were", async () => {
    const { message } = await choiceOf({ messages, max_tokens: 5 });
    const again = [...messages, { ...message, tool_calls: [], annotations: [] }];
    const rest = await contentOf({ messages: again });
    expect(`${message.content}${rest}`).toBe(await contentOf({ messages }));
  });

  test("the tier is named where it was asked for, and nowhere else", async () => {
    const asked = await ask(server, { messages, service_tier: "auto" });
    expect(await asked.json()).toMatchObject({ service_tier: "default" });
    const streamed = await ask(server, { messages, stream: true, service_tier: "flex" });
    const [first = ""] = await frames(streamed);
    expect(JSON.parse(first)).toMatchObject({ service_tier: "default" });
    expect(await (await ask(server, { messages })).json()).not.toHaveProperty("service_tier");
  });

  test("every answer has an id of its own, a refusal and a stream as well", async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answers = await Promise.all([
      ask(server, { messages }),
      ask(server, { messages, stream: true }),
      ask(server, { messages, n: 2 }),
      ask(server, "{"),
      fetch(`${server.baseUrl}/models`),
      fetch(`${server.baseUrl}/models`, { headers }),
      fetch(`${server.baseUrl}/nothing`, { headers }),
    ]);
    const ids = answers.map((answer) => answer.headers.get("x-request-id") ?? "");
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(answers.length);
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
  });

  test("one answer too many at once is 429", async () => {
    const small = await startOpenAI({ root, apiKey, maxOpen: 1 });
    const leave = new AbortController();
    const slow = { headers: { "x-pace": "1" }, signal: leave.signal };
    await ask(small, { messages, stream: true }, slow);
    const second = await ask(small, { messages });
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await second.json()).toMatchObject({ error: { type: "rate_limit_error" } });
    leave.abort();
    await vi.waitFor(async () => expect((await ask(small, { messages })).status).toBe(200), 1_000);
    await small.stop();
  });

  test("a client that leaves before the one answer is there ends it as well", async () => {
    const slow = await startOpenAI({ root, apiKey });
    const leave = new AbortController();
    const asked = ask(slow, { messages }, { headers: { "x-pace": "5" }, signal: leave.signal });
    await vi.waitFor(async () => expect(await statsOf(slow)).toMatchObject({ open: 1 }), 1_000);
    leave.abort();
    await expect(asked).rejects.toThrow("abort");
    await vi.waitFor(
      async () => expect(await statsOf(slow)).toMatchObject({ open: 0, aborted: 1 }),
      1_000,
    );
    await slow.stop();
  });

  test("what it knows nothing about, it refuses in one sentence of its own", async () => {
    expect(await answerTo(user("What is the capital of France?"))).toBe(REFUSAL);
  });
});
