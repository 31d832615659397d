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
  /** The answer begins with a report of what is looked up. */
  reasons: boolean;
  /** The name of the search that the answer may call. */
  tool: string | undefined;
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
  checkCalls(data.messages);
  requireModel(data.model);
  return {
    messages: data.messages.map(toMessage),
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? Number.POSITIVE_INFINITY,
    hasServiceTier: typeof data.service_tier === "string",
    reasons: (data.reasoning_effort ?? "none") !== "none",
    tool: toolOf(data),
  };
}

type Given = z.infer<typeof honoured>;
type Tool = NonNullable<Given["tools"]>[number];

function toMessage(message: Given["messages"][number]): Message {
  const hasCalls = message.role === "assistant" && (message.tool_calls ?? []).length > 0;
  return { role: message.role, text: textOf(message.content), hasCalls };
}

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
  for (const param of ["tool_choice", "parallel_tool_calls"] as const) {
    if (given.tools || (given[param] ?? null) === null) continue;
    const message = `'${param}' is only allowed when 'tools' are specified.`;
    throw new ApiError(400, null, message, { param });
  }
  if (given.max_tokens && given.max_completion_tokens) {
    const message =
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    throw new ApiError(400, "invalid_parameter_combination", message, { param: "max_tokens" });
  }
}

/** Tools that can be filled here have one argument, the text that is searched for. */
const isSearch = ({ function: { parameters } }: Tool) =>
  parameters?.required?.length === 1 &&
  parameters.required[0] === "query" &&
  parameters.properties?.query?.type === "string";

/** The tool that an answer may call. */
function toolOf({ tools, tool_choice: choice = "auto" }: Given): string | undefined {
  const param = "tool_choice";
  if (!tools || choice === "none") return undefined;
  const wanted = typeof choice === "object" && choice ? choice.function.name : undefined;
  const named = wanted ? tools.filter((tool) => tool.function.name === wanted) : tools;
  if (named.length === 0)
    throw new ApiError(400, "invalid_value", `There is no tool '${wanted}'.`, { param });
  const search = named.find(isSearch)?.function.name;
  if (search || choice === "auto" || choice === null) return search;
  const message = "Only a tool that has one required argument, the string 'query', can be called.";
  throw new ApiError(400, "unsupported_value", message, { param });
}

/** Each call has its result before anything else is said, and each result its call, as OpenAI wants it. */
function checkCalls(messages: Given["messages"]): void {
  let open = new Set<string>();
  for (const [n, message] of messages.entries()) {
    if (message.role === "tool") {
      if (open.delete(message.tool_call_id)) continue;
      const text = `'tool_call_id' of '${message.tool_call_id}' not found in 'tool_calls' of the previous message.`;
      throw new ApiError(400, null, text, { param: `messages[${n}].tool_call_id` });
    }
    assertNone(open, n);
    if (message.role === "assistant")
      open = new Set((message.tool_calls ?? []).map(({ id }) => id));
  }
  assertNone(open, messages.length);
}

function assertNone(open: ReadonlySet<string>, n: number): void {
  if (open.size === 0) return;
  const ids = [...open].join(", ");
  const text = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following had no response messages: ${ids}.`;
  throw new ApiError(400, null, text, { param: `messages[${n - 1}].role` });
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
