import { z } from "zod";
import { textBlock } from "@/lib/text";

/** What a token stream allows. Whoever passes a limit is told which. */
export const completionLimits = {
  promptCharacters: 8_000,
  /**
   * Running at once, for each user, on all instances together. All guests of one address share
   * ADDRESS_LIMIT_FACTOR times this, and as many times the tokens of a day; one instance makes at most
   * ANSWERS_PER_INSTANCE.
   */
  running: 3,
  /** Tokens of one answer, its reasoning included. At the limit the answer ends with the reason `length`. */
  outputTokens: 4_096,
  /**
   * Bytes of one answer's text, in UTF-8. A provider that sends more, in however few pieces, is cut off there:
   * the finish reason is `length`.
   */
  answerBytes: 64 * 1024,
  /** Bytes of one answer's reasoning, in UTF-8. Beyond them the answer is cut off, too. */
  reasoningBytes: 256 * 1024,
  /** Tool calls of one answer, over all of its steps. After them the model must answer without tools. */
  toolCalls: 8,
  /** Bytes of a tool call's input or output, as JSON. A larger one is an error that the model is told. */
  toolBytes: 16 * 1024,
  /** Sources of one answer. Those beyond are left out. */
  sources: 50,
  /** Bytes that a provider may send for one request, all of its framing included. More is a failure. */
  providerBytes: 16 * 1024 * 1024,
  /** Tokens of a user's answers in a day (UTC). What is running counts as if it became full. */
  tokensPerDay: 200_000,
  /** Milliseconds from the question to the end of the answer, reasoning and tools included. */
  totalMs: 600_000,
  /** Open readers of one user, on one instance. */
  readersPerUser: 40,
  /** Messages of a conversation that are sent to the model. */
  history: 20,
} as const;

export const statuses = ["running", "done", "stopped", "failed"] as const;
export type Status = (typeof statuses)[number];

// HTTP

/** `POST /api/completions`. There are no roles in it: what you write is the user's. */
export const completionRequest = z.strictObject({
  prompt: textBlock(completionLimits.promptCharacters),
});

/** Tokens as the provider counts them, all steps together. */
export const usageSchema = z.object({
  inputTokens: z.number(),
  /** Reasoning included. */
  outputTokens: z.number(),
  /** Those of the reasoning, where the provider says so. */
  reasoningTokens: z.number().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** What went wrong with the provider. RFC 9457, as in an HTTP answer. */
export const failureSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

/** A tool that the model called, and what came of it. `output` and `error` are absent while it runs. */
export const toolCallSchema = z.object({
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
  output: z.unknown().optional(),
  /** Why it failed; the model is told the same. */
  error: z.string().optional(),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

/** A page of the web that the model names as its source. */
export const sourceSchema = z.object({ url: z.string(), title: z.string() });
export type Source = z.infer<typeof sourceSchema>;

/** `GET /api/completions/{id}`. */
export const completionState = z.object({
  id: z.uuid(),
  status: z.enum(statuses),
  /** What was asked. */
  prompt: z.string(),
  /** The conversation it belongs to, where it was asked in one. */
  chatId: z.string().nullable(),
  text: z.string(),
  /** What the model showed of its reasoning. It is no part of the answer. */
  reasoning: z.string(),
  toolCalls: z.array(toolCallSchema),
  sources: z.array(sourceSchema),
  /** Why it ended: `stop`, `length`, `content-filter`, `stopped`, `error`; null while it runs. */
  reason: z.string().nullable(),
  /** The instance whose process makes it, or made it. */
  instance: z.string(),
  /** How often another process took it over. */
  takeovers: z.number(),
  usage: usageSchema.nullable(),
  timings: z.object({
    createdAt: z.iso.datetime(),
    firstTokenMs: z.number().nullable(),
    totalMs: z.number().nullable(),
  }),
  error: failureSchema.nullable(),
});
export type CompletionState = z.infer<typeof completionState>;

/** 202 of `POST /api/completions/{id}/stop`. */
export const stopAnswer = z.object({ id: z.uuid(), status: z.enum(["stopping", ...statuses]) });

// The raw stream: `data: {"token": …}` without a name, and these by name; then `data: [DONE]`. A piece of
// reasoning has the shape of a token, a source that of `sourceSchema`.

export const tokenData = z.object({ token: z.string() });
/** A tool is called on the server; `tool-result` follows. */
export const toolCallData = toolCallSchema.pick({ id: true, name: true, input: true });
export const toolResultData = toolCallSchema.pick({ id: true, output: true, error: true });
/** Another process went on, after the text so far. */
export const continuedData = z.object({ instance: z.string() });
/** It is complete, or was stopped. */
export const finishData = z.object({
  status: z.enum(["done", "stopped"]),
  reason: z.string(),
  usage: usageSchema.nullable(),
});

// The assistant: what useChat sends, and what we take from it.

/** Ids that useChat makes, or that you give it. */
export const chatId = z.string().regex(/^[\w-]{1,64}$/, "has 1 to 64 letters, digits, _ and -");

/**
 * `POST /api/assistant`. useChat sends the whole conversation: only its last message counts, and it
 * is the user's. What came before is read from the database, whatever the client says it was.
 */
export const assistantRequest = z.object({
  id: chatId,
  messages: z
    .array(
      z.looseObject({
        id: chatId,
        role: z.enum(["user", "assistant"]),
        parts: z.array(z.looseObject({ type: z.string(), text: z.unknown().optional() })),
      }),
    )
    .min(1)
    .max(500),
});

/** Parts of a message, as the AI SDK's UIMessage has them. */
export const messagePart = z.union([
  z.object({ type: z.enum(["text", "reasoning"]), text: z.string() }),
  z.object({ type: z.literal("step-start") }),
  z.object({
    type: z.templateLiteral(["tool-", z.string()]),
    toolCallId: z.string(),
    state: z.enum(["input-available", "output-available", "output-error"]),
    input: z.unknown(),
    output: z.unknown().optional(),
    errorText: z.string().optional(),
  }),
  z.object({
    type: z.literal("source-url"),
    sourceId: z.string(),
    url: z.string(),
    title: z.string(),
  }),
]);
export type MessagePart = z.infer<typeof messagePart>;

/** `GET /api/assistant/{id}`: the conversation as useChat takes it. */
export const conversation = z.object({
  messages: z.array(
    z.object({
      id: z.string(),
      role: z.enum(["user", "assistant"]),
      metadata: z.object({ status: z.enum(statuses) }),
      parts: z.array(messagePart),
    }),
  ),
  /** The completion that is being made for it. */
  running: z.uuid().nullable(),
});
