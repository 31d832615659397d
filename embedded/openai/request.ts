import { z } from "zod";
import type { Message } from "./answer.ts";
import {
  honoured,
  ignored,
  isUnsupported,
  refused,
  refusedInMessages,
  unknownParameter,
} from "./parameters.ts";

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

export interface CompletionRequest {
  messages: Message[];
  stream: boolean;
  includeUsage: boolean;
  /** The most tokens that the answer may have. */
  maxTokens: number;
  /** The request names a service tier: the answer says which one it had. */
  hasServiceTier: boolean;
}

/** @throws ApiError 400, or 404 for a model that we do not have */
export function parseRequest(text: string): CompletionRequest {
  const json = parseJson(text);
  const { data, error } = honoured.safeParse(json);
  if (error) throw invalid(error, "invalid_value");
  refuseUnknown(json as object);
  const wrong = ignored.safeParse(json).error;
  if (wrong) throw invalid(wrong, "invalid_value");
  const unsupported = refused.safeParse(json).error ?? refusedInMessages.safeParse(data).error;
  if (unsupported) throw invalid(unsupported, "unsupported_value");
  refuseCombinations(data);
  requireModel(data.model);
  return {
    messages: data.messages.map(({ role, content }) => ({ role, text: textOf(content) })),
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? Number.POSITIVE_INFINITY,
    hasServiceTier: typeof data.service_tier === "string",
  };
}

type Given = z.infer<typeof honoured>;

function textOf(content: Given["messages"][number]["content"]): string {
  return (content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("\n");
}

function refuseUnknown(body: object): void {
  const param = unknownParameter(body);
  if (param === undefined) return;
  throw new ApiError(400, "unknown_parameter", `Unknown parameter: '${param}'.`, { param });
}

function refuseCombinations(given: Given): void {
  if (given.stream_options && !given.stream) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new ApiError(400, null, message, { param: "stream_options" });
  }
  if (given.max_tokens && given.max_completion_tokens) {
    const message =
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    throw new ApiError(400, "invalid_parameter_combination", message, { param: "max_tokens" });
  }
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

function invalid(error: z.ZodError, code: "invalid_value" | "unsupported_value"): ApiError {
  const [issue] = error.issues;
  const param = pathOf(issue?.path ?? []) || null;
  if (param && code === "unsupported_value" && isUnsupported(param)) {
    const message = `Unsupported parameter: '${param}' is not supported with this model.`;
    return new ApiError(400, "unsupported_parameter", message, { param });
  }
  const where = param ? ` for '${param}'` : "";
  const what = code === "unsupported_value" ? "Unsupported value" : "Invalid value";
  return new ApiError(400, code, `${what}${where}: ${issue?.message}.`, { param });
}

/** As OpenAI writes it: `messages[0].content`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) =>
      typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${String(step)}`,
    )
    .join("");
}
