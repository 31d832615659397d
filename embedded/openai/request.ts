import { z } from "zod";
import type { Message } from "./answer.ts";

export const MODEL = "patternbook-docs";

/** A refusal in the shape of OpenAI's API: `{ error: { message, type, param, code } }`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string | null,
    message: string,
    {
      param = null,
      headers = {},
    }: { param?: string | null; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
    this.headers = headers;
  }

  get body() {
    const { message, param, code } = this;
    const type =
      this.status >= 500
        ? "server_error"
        : this.status === 429
          ? "rate_limit_error"
          : "invalid_request_error";
    return { error: { message, type, param, code } };
  }
}

const part = z.object({ type: z.literal("text"), text: z.string() });
const limit = z.int().min(1).nullish();

/** What we do of POST /v1/chat/completions. What only tunes a model (temperature, seed) is ignored. */
const schema = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.enum(["system", "developer", "user", "assistant", "tool"]),
        content: z.union([z.string(), z.array(part)]).nullish(),
      }),
    )
    .min(1)
    .max(1_000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: limit,
  max_completion_tokens: limit,
});

/** These change what an answer is: to ignore them would be a wrong answer. */
const unsupported = z.object({
  n: z.literal(1).nullish(),
  stop: z.union([z.null(), z.array(z.string()).length(0)]).optional(),
  logprobs: z.literal(false).nullish(),
  response_format: z.object({ type: z.literal("text") }).nullish(),
  tool_choice: z.enum(["auto", "none"]).nullish(),
});

export interface CompletionRequest {
  messages: Message[];
  stream: boolean;
  includeUsage: boolean;
  /** The most tokens that the answer may have. */
  maxTokens: number;
}

/** @throws ApiError 400, or 404 for a model that we do not have */
export function parseRequest(text: string): CompletionRequest {
  const json = parseJson(text);
  const { data, error } = schema.safeParse(json);
  if (error) throw invalid(error, "invalid_value");
  const refused = unsupported.safeParse(json).error;
  if (refused) throw invalid(refused, "unsupported_value");
  requireModel(data.model);
  return {
    messages: data.messages.map(({ role, content }) => ({
      role,
      text: typeof content === "string" ? content : (content ?? []).map((p) => p.text).join("\n"),
    })),
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? Number.POSITIVE_INFINITY,
  };
}

export function requireModel(model: string): void {
  if (model === MODEL) return;
  throw new ApiError(404, "model_not_found", `There is no such model here. There is ${MODEL}.`, {
    param: "model",
  });
}

/** Tokens a second, from the header X-Pace: 0 is as fast as can be. */
export function parsePace(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const pace = z.coerce.number().min(0).max(10_000).safeParse(header);
  if (pace.success && header !== "") return pace.data;
  throw new ApiError(400, "invalid_value", "X-Pace is tokens a second, from 0 to 10000.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, null, "We could not parse the JSON body of your request.");
  }
}

function invalid(error: z.ZodError, code: string): ApiError {
  const [issue] = error.issues;
  const param = issue?.path.join(".") || null;
  const where = param ? ` for '${param}'` : "";
  const what = code === "unsupported_value" ? "Unsupported value" : "Invalid value";
  return new ApiError(400, code, `${what}${where}: ${issue?.message}.`, { param });
}
