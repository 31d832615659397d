import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedOpenAI, startOpenAI } from "./index.ts";
import { apiKey, ask, root } from "./openai.fixture.ts";
import { honoured, ignored, refused } from "./parameters.ts";

const QUESTION = "How does a stream resume after a disconnect?";
const messages = [{ role: "user", content: QUESTION }];
const tool = { type: "function", function: { name: "f", parameters: {} } };

/**
 * All parameters of POST /v1/chat/completions, as the types of OpenAI's SDK 6.49 list them
 * (`ChatCompletionCreateParamsBase`).
 */
const OPENAI = `messages model audio frequency_penalty function_call functions logit_bias logprobs
  max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty
  prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed
  service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity
  web_search_options`.split(/\s+/);

let server: EmbeddedOpenAI;
let plain: string;
beforeAll(async () => {
  server = await startOpenAI({ root, apiKey });
  plain = await contentOf({});
});
afterAll(() => server.stop());

async function contentOf(body: object): Promise<string> {
  const response = await ask(server, { messages, ...body });
  expect([response.status, body]).toEqual([200, body]);
  const { choices } = (await response.json()) as { choices: [{ message: { content: string } }] };
  return choices[0].message.content;
}

async function errorOf(body: object): Promise<unknown[]> {
  const response = await ask(server, { messages, ...body });
  const { error } = (await response.json()) as { error: { code: string; param: string } };
  return [response.status, error?.code, error?.param];
}

test("each parameter of OpenAI's is in one group, and the groups have no other", () => {
  const grouped = [honoured, ignored, refused].flatMap(({ shape }) => Object.keys(shape));
  expect(grouped.toSorted()).toEqual(OPENAI.toSorted());
});

test.each([
  ["Honoured", honoured],
  ["Ignored", ignored],
  ["Refused", refused],
])("the README lists those in the row “%s”", (name, { shape }) => {
  const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith(`| ${name} |`)) ?? "";
  const listed = [...(row.split("|")[2] ?? "").matchAll(/`(\w+)`/g)].map(([, word]) => word);
  expect(listed.toSorted()).toEqual(Object.keys(shape).toSorted());
});

describe("what is ignored", () => {
  const values: Record<keyof typeof ignored.shape, [taken: unknown, wrong: unknown]> = {
    temperature: [2, 2.1],
    top_p: [0.1, -1],
    frequency_penalty: [-2, 3],
    presence_penalty: [2, "much"],
    seed: [7, 0.5],
    verbosity: ["low", "silent"],
    prediction: [{ type: "content", content: "x" }, "x"],
    user: ["u", 7],
    safety_identifier: ["u", "u".repeat(65)],
    prompt_cache_key: ["k", 7],
    prompt_cache_options: [{ ttl: "30m" }, "30m"],
    prompt_cache_retention: ["24h", "1y"],
  };

  test.each(Object.entries(values))(
    "%s changes no answer, and is checked",
    async (name, [taken, wrong]) => {
      expect(await contentOf({ [name]: taken })).toBe(plain);
      expect(await contentOf({ [name]: null })).toBe(plain);
      expect(await errorOf({ [name]: wrong })).toEqual([400, "invalid_value", name]);
    },
  );
});

describe("what is refused", () => {
  type Name = keyof typeof refused.shape;
  const values: Record<Name, [code: string, param: string, ...refused: unknown[]]> = {
    functions: ["unsupported_parameter", "functions", [{ name: "f" }]],
    function_call: ["unsupported_parameter", "function_call", "auto", "none"],
    n: ["unsupported_value", "n", 2, 0],
    stop: ["unsupported_value", "stop", ".", ["."]],
    logprobs: ["unsupported_value", "logprobs", true],
    top_logprobs: ["unsupported_parameter", "top_logprobs", 0, 5],
    logit_bias: ["unsupported_value", "logit_bias.50256", { 50256: -100 }],
    response_format: ["unsupported_value", "response_format.type", { type: "json_object" }],
    modalities: ["unsupported_value", "modalities", ["text", "audio"]],
    audio: ["unsupported_parameter", "audio", { voice: "alloy", format: "wav" }],
    web_search_options: ["unsupported_parameter", "web_search_options", {}],
    moderation: ["unsupported_parameter", "moderation", { model: "m" }],
    store: ["unsupported_value", "store", true],
    metadata: ["unsupported_value", "metadata.a", { a: "b" }],
  };

  test.each(Object.entries(values))("%s is, by its name", async (name, [code, param, ...wrong]) => {
    for (const value of wrong) {
      expect([value, ...(await errorOf({ [name]: value }))]).toEqual([value, 400, code, param]);
    }
    expect(await contentOf({ [name]: null })).toBe(plain);
  });

  test("but not where it asks for nothing", async () => {
    const nothing = {
      n: 1,
      stop: [],
      logprobs: false,
      logit_bias: {},
      response_format: { type: "text" },
      modalities: ["text"],
      store: false,
      metadata: {},
    };
    expect(await contentOf(nothing)).toBe(plain);
  });

  test.each([
    [
      "what a function has answered",
      { role: "function", name: "f", content: "x" },
      "messages[1].role",
    ],
    ["a call of a function", { role: "assistant", function_call: {} }, "messages[1].function_call"],
    ["a spoken answer", { role: "assistant", audio: { id: "a" } }, "messages[1].audio"],
  ])("so is %s", async (_, message, param) => {
    const error = await errorOf({ messages: [...messages, message] });
    expect(error).toEqual([400, "unsupported_value", param]);
  });

  test.each(["image_url", "input_audio", "file"])("so is a part of type %s", async (type) => {
    const content = [
      { type: "text", text: QUESTION },
      { type, [type]: {} },
    ];
    const error = await errorOf({ messages: [{ role: "user", content }] });
    expect(error).toEqual([400, "unsupported_value", "messages[0].content[1].type"]);
  });
});

describe("tools", () => {
  const search = (name = "find") => ({
    type: "function",
    function: {
      name,
      parameters: {
        type: "object",
        properties: { query: { type: "string" } },
        required: ["query"],
      },
    },
  });
  const call = { id: "c", type: "function", function: { name: "find", arguments: "{}" } };
  const called = { role: "assistant", content: null, tool_calls: [call] };
  const result = { role: "tool", tool_call_id: "c", content: '{"passages":[]}' };

  test.each([
    ["no list", { tools: "find" }, "invalid_value", "tools"],
    ["an empty list", { tools: [] }, "invalid_value", "tools"],
    ["a name with blanks", { tools: [search("a b")] }, "invalid_value", "tools[0].function.name"],
    ["a choice without tools", { tool_choice: "auto" }, null, "tool_choice"],
    ["parallel calls without tools", { parallel_tool_calls: true }, null, "parallel_tool_calls"],
    [
      "the choice of a tool that there is not",
      { tools: [search()], tool_choice: { type: "function", function: { name: "other" } } },
      "invalid_value",
      "tool_choice",
    ],
    [
      "a tool that must be called and cannot be filled",
      { tools: [tool], tool_choice: "required" },
      "unsupported_value",
      "tool_choice",
    ],
    [
      "a result without a call",
      { messages: [...messages, result] },
      null,
      "messages[1].tool_call_id",
    ],
    ["a call without a result", { messages: [...messages, called] }, null, "messages[1].role"],
    [
      "a question before the result",
      { messages: [...messages, called, ...messages, result] },
      null,
      "messages[1].role",
    ],
  ])("%s is refused", async (_, body, code, param) => {
    expect(await errorOf(body)).toEqual([400, code, param]);
  });

  test.each([
    ["no tool is called where none may be", { tools: [search()], tool_choice: "none" }],
    ["a tool that cannot be filled is not called", { tools: [tool] }],
  ])("%s", async (_, body) => {
    expect(await contentOf(body)).toBe(plain);
  });
});
