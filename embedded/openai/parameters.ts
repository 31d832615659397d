import { z } from "zod";

/**
 * Every parameter of OpenAI's POST /v1/chat/completions is in one of the three groups below; a name in none of them is
 * refused, as OpenAI does. README.md has the same groups, with a reason each.
 * https://platform.openai.com/docs/api-reference/chat/create
 */

const tokenLimit = z.int().min(1).nullish();

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.enum(["image_url", "input_audio", "file", "refusal"]) }),
]);

/** Text is one part. */
const content = z.preprocess(
  (given) => (typeof given === "string" ? [{ type: "text", text: given }] : given),
  z.array(part).min(1),
);

const call = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer", "user"]), content }),
  z.looseObject({
    role: z.literal("assistant"),
    content: content.nullish(),
    tool_calls: z.array(call).nullish(),
  }),
  z.looseObject({ role: z.literal("tool"), content, tool_call_id: z.string() }),
  z.looseObject({ role: z.literal("function"), content: content.nullish() }),
]);

const toolName = z.string().regex(/^[\w-]{1,64}$/, "has 1 to 64 letters, digits, _ and -");
const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: toolName,
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
    parameters: z
      .looseObject({
        required: z.array(z.string()).optional(),
        properties: z.record(z.string(), z.looseObject({ type: z.unknown() })).optional(),
      })
      .nullish(),
  }),
});

/** These decide what is answered. */
export const honoured = z.object({
  model: z.string(),
  messages: z.array(message).min(1).max(1_000),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
    .nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  service_tier: z.enum(["auto", "default", "flex", "scale", "priority"]).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
  tools: z.array(tool).min(1).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.object({ type: z.literal("function"), function: z.object({ name: toolName }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
});

/** These only tune a model, or are for OpenAI's caches and accounts: checked as OpenAI checks them, then ignored. */
export const ignored = z.object({
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().nullish(),
  verbosity: z.enum(["low", "medium", "high"]).nullish(),
  prediction: z.looseObject({ type: z.literal("content") }).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().max(64).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_options: z.looseObject({}).nullish(),
  prompt_cache_retention: z.enum(["in_memory", "24h"]).nullish(),
});

/** Only null and absence. */
const absent = z.null().optional();

/**
 * These change what an answer is or promise something: only the values that ask for nothing are taken.
 */
export const refused = z.object({
  functions: absent,
  function_call: absent,
  n: z.literal(1).nullish(),
  stop: z.array(z.string()).length(0).nullish(),
  logprobs: z.literal(false).nullish(),
  top_logprobs: absent,
  logit_bias: z.record(z.string(), z.never()).nullish(),
  response_format: z.object({ type: z.literal("text") }).nullish(),
  modalities: z.tuple([z.literal("text")]).nullish(),
  audio: absent,
  web_search_options: absent,
  moderation: absent,
  store: z.literal(false).nullish(),
  metadata: z.record(z.string(), z.never()).nullish(),
});

/**
 * The same for what a message may have. An assistant's earlier message may be sent as it was answered: there null and an
 * empty list say nothing.
 */
export const refusedInMessages = z.object({
  messages: z.array(
    z.object({
      role: z.enum(["system", "developer", "user", "assistant", "tool"]),
      content: z.array(z.object({ type: z.literal("text") })).nullish(),
      function_call: absent,
      refusal: absent,
      audio: absent,
    }),
  ),
});

const known: ReadonlySet<string> = new Set(
  [honoured, ignored, refused].flatMap(({ shape }) => Object.keys(shape)),
);

/** The first name that OpenAI's API does not have. */
export function unknownParameter(body: object): string | undefined {
  return Object.keys(body).find((name) => !known.has(name));
}

/** Whether a refused parameter has no value at all that is taken. */
export function isUnsupported(name: string): boolean {
  return (refused.shape as Record<string, unknown>)[name] === absent;
}
