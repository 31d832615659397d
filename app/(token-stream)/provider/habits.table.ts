import { type Answer, chunk, DONE, frame, stream, text, usage } from "./habits.fixture";

/** One way in which a provider writes a stream, and what becomes of it. */
export interface Habit {
  name: string;
  /** Where it is described: a document, or the code that does it. */
  source: string;
  /** One answer for each request. */
  answers: Answer[];
  /** What is stored, runs of text and reasoning in one. */
  entries: unknown[][];
  /** How it ends: the reason and the usage of what is done, or the kind of the problem. */
  end:
    | { reason: string; usage?: object; problem?: undefined }
    | { problem: string; reason?: undefined; usage?: undefined };
}

const SSE =
  "https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream";
const OPENAI = "https://platform.openai.com/docs/api-reference/chat-streaming/streaming";
const OPENROUTER = "https://openrouter.ai/docs/api/reference/streaming";
const DEEPSEEK = "https://api-docs.deepseek.com/api/create-chat-completion";
const MISTRAL = "https://docs.mistral.ai/capabilities/reasoning";
const OLLAMA = "https://github.com/ollama/ollama/blob/main/openai/openai.go";
const AZURE = "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-streaming";
const GROQ = "https://console.groq.com/docs/api-reference#chat-create";
const PERPLEXITY = "https://docs.perplexity.ai/api-reference/chat-completions-post";
const ZAI = "https://docs.z.ai/api-reference/llm/chat-completion";

const hello = [["tokens", "Hello, world."]];
const half = [["tokens", "Hello, "]];
const words = [text("Hello, "), text("world.")];
const stop = chunk({}, "stop");
const done = { reason: "stop" } as const;
const one = (body: string, more: Partial<Answer> = {}): Answer[] => [{ body, ...more }];
/** An answer that is no stream: the provider refuses. */
const refusal = (status: number, body: unknown, type = "application/json"): Answer[] =>
  one(typeof body === "string" ? body : JSON.stringify(body), { status, type });

const framing: Habit[] = [
  {
    name: "OpenAI: the role, the content, the reason, the usage, [DONE]",
    source: OPENAI,
    answers: one(stream(chunk({ role: "assistant", content: "" }), ...words, stop, usage(9, 4))),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 9, outputTokens: 4 } },
  },
  {
    name: "lines end with CR LF",
    source: SSE,
    answers: one(stream(...words, stop).replaceAll("\n", "\r\n")),
    entries: hello,
    end: done,
  },
  {
    name: "lines end with CR alone",
    source: SSE,
    answers: one(stream(...words, stop).replaceAll("\n", "\r")),
    entries: hello,
    end: done,
  },
  {
    name: "a byte order mark at the beginning",
    source: SSE,
    answers: one(`\uFEFF${stream(...words, stop)}`),
    entries: hello,
    end: done,
  },
  {
    name: "no blank after the colon",
    source: SSE,
    answers: one(stream(...words, stop).replaceAll("data: ", "data:")),
    entries: hello,
    end: done,
  },
  {
    name: "JSON over several data lines",
    source: SSE,
    answers: one(
      stream(text("Hello, "), text("world.").replace('"choices"', '\ndata: "choices"'), stop),
    ),
    entries: hello,
    end: done,
  },
  {
    name: "ids, names and retries between the fields",
    source: SSE,
    answers: one(
      `retry: 10\n\n${stream(...words, stop).replaceAll("data: ", "id: 7\nevent: message\ndata: ")}`,
    ),
    entries: hello,
    end: done,
  },
  {
    name: "no [DONE] at the end",
    source: "https://ai.google.dev/gemini-api/docs/openai",
    answers: one([...words, stop].join("")),
    entries: hello,
    end: done,
  },
  {
    name: "characters of four bytes, and separators of lines that JSON may hold",
    source: SSE,
    answers: one(stream(text("🦉\u2028"), text("é\u2029\u0000"), stop)),
    entries: [["tokens", "🦉\u2028é\u2029\u0000"]],
    end: done,
  },
];

const keepAlives: Habit[] = [
  {
    name: "llama.cpp: comments that are a colon alone",
    source: "https://github.com/coder/coder/issues/28185",
    answers: one(`:\n\n:\n${stream(...words.map((word) => `${word}:\n\n`), stop)}`),
    entries: hello,
    end: done,
  },
  {
    name: "DeepSeek: comments while its servers are busy",
    source: "https://api-docs.deepseek.com/quick_start/rate_limit",
    answers: one(`${": keep-alive\n\n".repeat(3)}${stream(...words, stop)}`),
    entries: hello,
    end: done,
  },
  {
    name: "OpenRouter: comments while the model is waited for",
    source: OPENROUTER,
    answers: one(
      `: OPENROUTER PROCESSING\n\n${words[0]}: OPENROUTER PROCESSING\n\n${stream(words[1] ?? "", stop)}`,
    ),
    entries: hello,
    end: done,
  },
  {
    name: "Vertex: a comment that its proxy puts into data",
    source: "https://github.com/anomalyco/opencode/issues/50871",
    answers: one(
      stream(
        "data: : keepalive\n\n",
        words[0] ?? "",
        "data: : keepalive\n\n",
        words[1] ?? "",
        stop,
      ),
    ),
    entries: hello,
    end: done,
  },
  {
    name: "a comment in data between the reason and [DONE]",
    source: "https://github.com/anomalyco/opencode/issues/50871",
    answers: one(stream(...words, stop, "data: : keepalive\n\n")),
    entries: hello,
    end: done,
  },
  {
    name: "data that is empty",
    source: SSE,
    answers: one(stream("data:\n\n", words[0] ?? "", "data: \n\n", words[1] ?? "", stop)),
    entries: hello,
    end: done,
  },
  {
    name: "an event that is a ping",
    source: "https://docs.anthropic.com/en/docs/build-with-claude/streaming#ping-events",
    answers: one(stream('event: ping\ndata: {"type":"ping"}\n\n', ...words, stop)),
    entries: hello,
    end: done,
  },
  {
    name: "Azure: filter results in a chunk without choices",
    source: AZURE,
    answers: one(
      stream(
        frame({
          id: "",
          object: "",
          created: 0,
          model: "",
          choices: [],
          prompt_filter_results: [{}],
        }),
        ...words,
        stop,
      ),
    ),
    entries: hello,
    end: done,
  },
];

const deltas: Habit[] = [
  {
    name: "more empty deltas than an answer may have tokens",
    source: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    answers: one(stream(chunk({ content: "" }).repeat(4_200), ...words, stop)),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 0, outputTokens: 2 } },
  },
  {
    name: "the role in each delta",
    source: OLLAMA,
    answers: one(
      stream(
        chunk({ role: "assistant", content: "Hello, " }),
        chunk({ role: "assistant", content: "world." }),
        chunk({ role: "assistant", content: "" }, "stop"),
      ),
    ),
    entries: hello,
    end: done,
  },
  {
    name: "content that is null, and a delta that is null",
    source: DEEPSEEK,
    answers: one(stream(chunk({ content: null }), chunk(null), ...words, chunk(null, "stop"))),
    entries: hello,
    end: done,
  },
  {
    name: "the reason together with the last token",
    source: MISTRAL,
    answers: one(stream(words[0] ?? "", chunk({ content: "world." }, "stop"))),
    entries: hello,
    end: done,
  },
  {
    name: "a reason that is empty in each chunk before the last",
    source: "https://docs.fireworks.ai/api-reference/post-chatcompletions",
    answers: one(stream(chunk({ content: "Hello, " }, ""), chunk({ content: "world." }, ""), stop)),
    entries: hello,
    end: done,
  },
  {
    name: "the reason twice",
    source: OLLAMA,
    answers: one(stream(...words, stop, stop)),
    entries: hello,
    end: done,
  },
  {
    name: "Mistral: content as parts",
    source: MISTRAL,
    answers: one(
      stream(
        chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm. " }] }] }),
        chunk({ content: [{ type: "text", text: "Hello, " }] }),
        text("world."),
        stop,
      ),
    ),
    entries: [["reasoning", "Hm. "], ...hello],
    end: done,
  },
];

const reasoning: Habit[] = [
  {
    name: "DeepSeek: reasoning_content before the content",
    source: "https://api-docs.deepseek.com/guides/thinking_mode",
    answers: one(
      stream(
        chunk({ role: "assistant", content: null, reasoning_content: "" }),
        chunk({ content: null, reasoning_content: "Hm. " }),
        chunk({ content: null, reasoning_content: "Well." }),
        chunk({ content: "Hello, ", reasoning_content: null }),
        text("world."),
        stop,
        usage(9, 12, { completion_tokens_details: { reasoning_tokens: 8 } }),
      ),
    ),
    entries: [["reasoning", "Hm. Well."], ...hello],
    end: { reason: "stop", usage: { inputTokens: 9, outputTokens: 12, reasoningTokens: 8 } },
  },
  {
    name: "OpenRouter: reasoning, and the same in reasoning_details",
    source: "https://openrouter.ai/docs/use-cases/reasoning-tokens",
    answers: one(
      stream(
        chunk({
          content: "",
          reasoning: "Hm. ",
          reasoning_details: [{ type: "reasoning.text", text: "Hm. " }],
        }),
        ...words,
        stop,
      ),
    ),
    entries: [["reasoning", "Hm. "], ...hello],
    end: done,
  },
  {
    name: "reasoning under both names at once",
    source: "https://docs.vllm.ai/en/latest/features/reasoning_outputs.html",
    answers: one(stream(chunk({ reasoning: "Hm. ", reasoning_content: "Hm. " }), ...words, stop)),
    entries: [["reasoning", "Hm. "], ...hello],
    end: done,
  },
  {
    name: "reasoning between tags in the text, cut anywhere",
    source: "https://docs.vllm.ai/en/latest/features/reasoning_outputs.html",
    answers: one(
      stream(...["<th", "ink>Hm", ". a < b, </t", "hink", ">Hello, ", "world."].map(text), stop),
    ),
    entries: [["reasoning", "Hm. a < b, "], ...hello],
    end: done,
  },
  {
    name: "text with signs that could begin a tag",
    source: "https://docs.vllm.ai/en/latest/features/reasoning_outputs.html",
    answers: one(stream(...["a <", " b <th", "ank> <", "/think"].map(text), stop)),
    entries: [["tokens", "a < b <thank> </think"]],
    end: done,
  },
  {
    name: "more reasoning than an answer may have",
    source: DEEPSEEK,
    answers: one(stream(chunk({ reasoning_content: "r".repeat(300_000) }), ...words, stop)),
    entries: [["reasoning", "r".repeat(256 * 1024)]],
    end: { problem: "answer-cut-short" },
  },
  {
    name: "reasoning and no answer",
    source: DEEPSEEK,
    answers: one(stream(chunk({ reasoning_content: "Hm. " }), stop)),
    entries: [["reasoning", "Hm. "]],
    end: { problem: "answer-empty" },
  },
  {
    name: "reasoning that uses up the answer's tokens",
    source: DEEPSEEK,
    answers: one(stream(chunk({ reasoning_content: "Hm. " }), chunk({}, "length"))),
    entries: [["reasoning", "Hm. "]],
    end: { problem: "answer-cut-short" },
  },
  {
    name: "an answer without a word",
    source: OPENAI,
    answers: one(stream(chunk({ role: "assistant", content: "" }), stop)),
    entries: [],
    end: { problem: "answer-empty" },
  },
  {
    name: "OpenAI: a refusal in its own field",
    source: OPENAI,
    answers: one(stream(chunk({ refusal: "I will not." }), stop)),
    entries: [["tokens", "I will not."]],
    end: { reason: "content-filter" },
  },
];

/** What providers write as the reason, after some words of an answer. */
const reasons: [who: string, word: string, end: Habit["end"], source: string][] = [
  ["OpenAI", "length", { reason: "length" }, OPENAI],
  ["OpenAI", "content_filter", { reason: "content-filter" }, OPENAI],
  ["OpenAI", "tool_calls", { problem: "answer-unfinished" }, OPENAI],
  ["OpenAI, before tools", "function_call", { problem: "answer-unfinished" }, OPENAI],
  ["OpenRouter", "error", { problem: "provider-broken" }, OPENROUTER],
  ["DeepSeek", "insufficient_system_resource", { problem: "provider-busy" }, DEEPSEEK],
  ["z.AI", "sensitive", { reason: "content-filter" }, ZAI],
  ["z.AI", "network_error", { problem: "provider-broken" }, ZAI],
  ["z.AI", "model_context_window_exceeded", { reason: "length" }, ZAI],
  ["Mistral", "model_length", { reason: "length" }, "https://docs.mistral.ai/api/#tag/chat"],
  ["Together", "eos", done, "https://docs.together.ai/reference/chat-completions-1"],
  [
    "vLLM",
    "abort",
    { problem: "provider-broken" },
    "https://docs.vllm.ai/en/latest/api/vllm/v1/engine/",
  ],
  [
    "Bedrock",
    "end_turn",
    done,
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  ],
  [
    "Bedrock",
    "max_tokens",
    { reason: "length" },
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  ],
  [
    "Bedrock",
    "guardrail_intervened",
    { reason: "content-filter" },
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  ],
  [
    "Vertex",
    "STOP",
    done,
    "https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse",
  ],
  [
    "Vertex",
    "MAX_TOKENS",
    { reason: "length" },
    "https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse",
  ],
  [
    "Vertex",
    "SAFETY",
    { reason: "content-filter" },
    "https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse",
  ],
  [
    "Gemini",
    "MALFORMED_FUNCTION_CALL",
    { problem: "provider-broken" },
    "https://github.com/googleapis/python-genai/issues/2081",
  ],
  ["a word that is not known", "moon_phase", { problem: "unknown-end" }, OPENAI],
];
const ends: Habit[] = [
  ...reasons.map(([who, word, end, source]) => ({
    name: `${who}: ends with ${word}`,
    source,
    answers: one(stream(...words, chunk({}, word))),
    entries: hello,
    end,
  })),
  {
    name: "a content filter that lets no word through",
    source: AZURE,
    answers: one(stream(chunk({}, "content_filter"))),
    entries: [],
    end: { problem: "answer-filtered" },
  },
  {
    name: "[DONE] without a reason",
    source: OPENAI,
    answers: one(stream(...words)),
    entries: hello,
    end: { problem: "provider-cut" },
  },
  {
    name: "LM Studio: an end without a reason, where the context is too long",
    source: "https://github.com/vaadin/flow-components/commit/b88af58",
    answers: one(words[0] ?? ""),
    entries: half,
    end: { problem: "provider-cut" },
  },
  {
    name: "a connection that breaks in the middle",
    source: SSE,
    answers: one(words[0] ?? "", { cut: true }),
    entries: half,
    end: { problem: "provider-cut" },
  },
  {
    name: "[DONE] and nothing else",
    source: OPENAI,
    answers: one(DONE),
    entries: [],
    end: { problem: "provider-nonsense" },
  },
  {
    name: "a frame in the middle that is no JSON",
    source: SSE,
    answers: one(stream(words[0] ?? "", 'data: {"choices": [{"del\n\n', words[1] ?? "", stop)),
    entries: half,
    end: { problem: "provider-nonsense" },
  },
];

const errors: Habit[] = [
  ...(
    [
      [
        "400 with an error",
        400,
        { error: { message: "No", type: "invalid_request_error", code: null } },
        "provider-refused",
      ],
      [
        "Azure: 400 of its content filter",
        400,
        { error: { message: "No", code: "content_filter" } },
        "answer-filtered",
      ],
      ["401", 401, { error: { message: "No", type: "invalid_api_key" } }, "provider-refused"],
      [
        "402: the balance is spent",
        402,
        { error: { message: "Insufficient Balance" } },
        "provider-busy",
      ],
      [
        "404 with an error that is a sentence",
        404,
        { error: "model not found" },
        "provider-refused",
      ],
      ["422 with a detail", 422, { detail: [{ msg: "No" }] }, "provider-refused"],
      [
        "429",
        429,
        { error: { message: "Slow down", code: "rate_limit_exceeded" } },
        "provider-busy",
      ],
      ["500 without a body", 500, "", "provider-broken"],
      ["529: overloaded", 529, { error: { type: "overloaded_error" } }, "provider-busy"],
    ] as const
  ).map(([name, status, body, problem]) => ({
    name,
    source: OPENAI,
    answers: refusal(status, body),
    entries: [],
    end: { problem },
  })),
  {
    name: "502 with a page of HTML",
    source: OPENAI,
    answers: refusal(502, "<html><h1>Bad gateway</h1></html>", "text/html"),
    entries: [],
    end: { problem: "provider-broken" },
  },
  {
    name: "429 once, then the answer",
    source: "https://platform.openai.com/docs/guides/rate-limits",
    answers: [...refusal(429, { error: { message: "Slow down" } }), ...one(stream(...words, stop))],
    entries: hello,
    end: done,
  },
  {
    name: "200 with a page of HTML",
    source: OPENAI,
    answers: one("<html><h1>Welcome</h1></html>", { type: "text/html" }),
    entries: [],
    end: { problem: "provider-nonsense" },
  },
  ...(
    [
      ["an error with the code 429", { code: 429, message: "Slow down" }, "provider-busy"],
      ["an error with the code 502", { code: 502, message: "Bad gateway" }, "provider-broken"],
      [
        "an error whose code is a word",
        { code: "rate_limit_exceeded", message: "x", type: "requests" },
        "provider-busy",
      ],
      [
        "an error that has a type only",
        { message: "x", type: "overloaded_error" },
        "provider-busy",
      ],
      [
        "an error of the server",
        { message: "x", type: "server_error", code: null },
        "provider-broken",
      ],
      ["an error that is a sentence", "Internal error", "provider-broken"],
      [
        "z.AI: an error with a number of its own, of rates",
        { code: "1302", message: "x" },
        "provider-busy",
      ],
      [
        "z.AI: an error with a number of its own, of content",
        { code: "1301", message: "x" },
        "answer-filtered",
      ],
    ] as const
  ).map(([name, error, problem]) => ({
    name: `${name}, after the first token`,
    source: OPENROUTER,
    answers: one(stream(words[0] ?? "", frame({ error }))),
    entries: half,
    end: { problem },
  })),
  {
    name: "an error before the first token",
    source: OPENROUTER,
    answers: one(frame({ error: { code: 503, message: "No provider" } })),
    entries: [],
    end: { problem: "provider-busy" },
  },
  {
    name: "an event whose name is error",
    source: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    answers: one(`${words[0]}event: error\n${frame({ error: { code: 500, message: "x" } })}`),
    entries: half,
    end: { problem: "provider-broken" },
  },
  {
    name: "OpenRouter: an error beside the choices, with the reason error",
    source: OPENROUTER,
    answers: one(
      stream(
        words[0] ?? "",
        chunk({ content: "" }, "error", { error: { code: 429, message: "Upstream is busy" } }),
      ),
    ),
    entries: half,
    end: { problem: "provider-busy" },
  },
];

const usages: Habit[] = [
  {
    name: "usage in each chunk, growing",
    source: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    answers: one(
      stream(
        ...words.map((word, n) =>
          word.replace(
            '"model"',
            `"usage":{"prompt_tokens":5,"completion_tokens":${n + 1},"total_tokens":9},"model"`,
          ),
        ),
        chunk({}, "stop", { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
      ),
    ),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 5, outputTokens: 2 } },
  },
  {
    name: "Groq: usage in a field of its own",
    source: GROQ,
    answers: one(
      stream(
        ...words,
        chunk({}, "stop", {
          x_groq: { id: "req_1", usage: { prompt_tokens: 5, completion_tokens: 3 } },
        }),
      ),
    ),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 5, outputTokens: 3 } },
  },
  {
    name: "usage that is null",
    source: OPENAI,
    answers: one(stream(...words, chunk({}, "stop", { usage: null }))),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 0, outputTokens: 2 } },
  },
  ...[1e12, 1.5, -7].map((said) => ({
    name: `usage of ${said} tokens`,
    source: OPENAI,
    answers: one(stream(...words, stop, usage(said, said))),
    entries: hello,
    end: { reason: "stop", usage: { inputTokens: 0, outputTokens: 2 } },
  })),
];

const call = (piece: object) => chunk({ tool_calls: [piece] });
const query = { query: "resume" };
const found = [
  ["tool-call", "search_documents", query],
  ["tool-result", "output"],
];
const answered = { body: stream(...words, stop) };
const name = "search_documents";
const toolEnd = chunk({}, "tool_calls");
const tools: Habit[] = [
  {
    name: "OpenAI: a tool call in pieces",
    source: "https://platform.openai.com/docs/guides/function-calling#streaming",
    answers: [
      {
        body: stream(
          chunk({ role: "assistant", content: null }),
          call({ index: 0, id: "call_1", type: "function", function: { name, arguments: "" } }),
          call({ index: 0, function: { arguments: '{"que' } }),
          call({ index: 0, function: { arguments: 'ry":"resume"}' } }),
          toolEnd,
        ),
      },
      answered,
    ],
    entries: [...found, ...hello],
    end: done,
  },
  {
    name: "Gemini: a tool call in one chunk, without an index, and the reason stop",
    source: "https://github.com/googleapis/python-genai/issues/2868",
    answers: [
      {
        body: stream(
          call({
            id: "call_1",
            type: "function",
            function: { name, arguments: '{"query":"resume"}' },
          }),
          stop,
        ),
      },
      answered,
    ],
    entries: [...found, ...hello],
    end: done,
  },
  {
    name: "a tool call without an id or a type",
    source: "https://ai.google.dev/gemini-api/docs/openai",
    answers: [
      {
        body: stream(
          call({ index: 0, function: { name, arguments: '{"query":"resume"}' } }),
          toolEnd,
        ),
      },
      answered,
    ],
    entries: [...found, ...hello],
    end: done,
  },
  {
    name: "a tool call whose id and name come with each piece",
    source: "https://docs.fireworks.ai/guides/function-calling",
    answers: [
      {
        body: stream(
          call({ index: 0, id: "c", type: "function", function: { name, arguments: '{"query":' } }),
          call({ index: 0, id: "c", type: "function", function: { name, arguments: '"resume"}' } }),
          toolEnd,
        ),
      },
      answered,
    ],
    entries: [...found, ...hello],
    end: done,
  },
  {
    name: "text, then two tool calls, then text, with the ids of the step before",
    source: "https://platform.openai.com/docs/guides/function-calling#streaming",
    answers: [
      {
        body: stream(
          text("Hello, "),
          call({ index: 0, id: "c0", function: { name, arguments: '{"query":"resume"}' } }),
          call({ index: 1, id: "c1", function: { name, arguments: '{"query":"log"}' } }),
          toolEnd,
        ),
      },
      {
        body: stream(
          call({ index: 0, id: "c0", function: { name, arguments: '{"query":"cut"}' } }),
          toolEnd,
        ),
      },
      { body: stream(text("world."), stop) },
    ],
    entries: [
      ["tokens", "Hello, "],
      ["tool-call", "search_documents", query],
      ["tool-call", "search_documents", { query: "log" }],
      ["tool-result", "output"],
      ["tool-result", "output"],
      ["tool-call", "search_documents", { query: "cut" }],
      ["tool-result", "output"],
      ["tokens", "world."],
    ],
    end: done,
  },
  {
    name: "a tool that there is not",
    source: OPENAI,
    answers: [
      {
        body: stream(
          call({ index: 0, id: "c", function: { name: "rm_rf", arguments: "{}" } }),
          toolEnd,
        ),
      },
      answered,
    ],
    entries: [["tool-call", "rm_rf", {}], ["tool-result", "error"], ...hello],
    end: done,
  },
  {
    name: "a tool call whose arguments are cut",
    source: "https://platform.openai.com/docs/guides/structured-outputs",
    answers: [
      {
        body: stream(call({ index: 0, id: "c", function: { name, arguments: '{"que' } }), toolEnd),
      },
      answered,
    ],
    entries: [["tool-call", "search_documents", '{"que'], ["tool-result", "error"], ...hello],
    end: done,
  },
  {
    name: "a tool call with more arguments than one may have",
    source: OPENAI,
    answers: one(
      stream(
        call({
          index: 0,
          id: "c",
          function: { name, arguments: `{"query":"${"q".repeat(17_000)}"}` },
        }),
        toolEnd,
      ),
    ),
    entries: [],
    end: { problem: "provider-too-large" },
  },
  {
    name: "a model that calls its tools for ever",
    source: OPENAI,
    answers: [
      {
        body: stream(
          call({ index: 0, id: "c", function: { name, arguments: '{"query":"resume"}' } }),
          toolEnd,
        ),
      },
    ],
    entries: Array.from({ length: 8 }, () => found).flat(),
    end: { problem: "answer-unfinished" },
  },
];

const sources: Habit[] = [
  {
    name: "OpenAI and OpenRouter: citations as annotations",
    source: "https://platform.openai.com/docs/guides/tools-web-search",
    answers: one(
      stream(
        ...words,
        chunk({
          annotations: [
            {
              type: "url_citation",
              url_citation: { url: "https://a.example/", title: "A", start_index: 0, end_index: 5 },
            },
            { type: "url_citation", url_citation: { url: "javascript:alert(1)", title: "B" } },
          ],
        }),
        stop,
      ),
    ),
    entries: [...hello, ["source", "https://a.example/", "A"]],
    end: done,
  },
  {
    name: "more sources than an answer may have",
    source: PERPLEXITY,
    answers: one(
      stream(
        ...words,
        chunk({}, "stop", {
          citations: Array.from({ length: 70 }, (_, n) => `https://a.example/${n}`),
        }),
      ),
    ),
    entries: [
      ...hello,
      ...Array.from({ length: 50 }, (_, n) => ["source", `https://a.example/${n}`, "a.example"]),
    ],
    end: done,
  },
  {
    name: "Perplexity: citations in each chunk, with and without titles",
    source: PERPLEXITY,
    answers: one(
      stream(
        ...[...words, stop].map((word) =>
          word.replace(
            '"model"',
            '"citations":["https://a.example/","https://b.example/x"],"search_results":[{"title":"A","url":"https://a.example/"}],"model"',
          ),
        ),
      ),
    ),
    entries: [
      ...hello,
      ["source", "https://a.example/", "A"],
      ["source", "https://b.example/x", "b.example"],
    ],
    end: done,
  },
];

/** Every provider's habits that are known here. A new one is one more row. */
export const habits: Habit[] = [
  ...framing,
  ...keepAlives,
  ...deltas,
  ...reasoning,
  ...ends,
  ...errors,
  ...usages,
  ...tools,
  ...sources,
];
