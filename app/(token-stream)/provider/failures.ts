import {
  APICallError,
  InvalidResponseDataError,
  JSONParseError,
  RetryError,
  TypeValidationError,
} from "ai";
import type { Failure } from "../contract";

/** What can go wrong with a provider, as the kind of the problem, and what a reader is told. */
const details = {
  "provider-refused": "The model's provider refused the request.",
  "provider-busy": "The model's provider is out of capacity, or our quota there is spent.",
  "provider-broken": "The model's provider failed. What came is kept.",
  "provider-unreachable": "The model's provider cannot be reached.",
  "provider-silent": "The model's provider sent nothing for too long. What came is kept.",
  "provider-cut": "The model's provider broke off in the middle. What came is kept.",
  "provider-too-large":
    "The model's provider sent more than an answer may have. What came is kept.",
  "provider-nonsense": "The model's provider sent what is no answer.",
  "unknown-end":
    "The model's provider ended the answer for a reason that is not known here. What came is kept.",
  "answer-filtered": "The provider's content filter withheld the answer.",
  "answer-empty": "The model ended without an answer. Ask again, or ask otherwise.",
  "answer-cut-short":
    "The model used up the tokens of its answer before it began to write it. Its reasoning is kept.",
  "answer-unfinished": "The model asked for more tools instead of ending its answer.",
  "time-limit": "The answer took longer than its time limit. What came is kept.",
  abandoned: "Too many instances ended while they made this answer. What came is kept.",
} as const;
export type FailureKind = keyof typeof details;

/** A failure of the provider, by its kind. */
export class ProviderError extends Error {
  constructor(
    readonly kind: FailureKind,
    options?: ErrorOptions,
  ) {
    super(details[kind], options);
    this.name = "ProviderError";
  }
}

/** The problem that a reader is told; what the provider itself said stays in our log. */
export function failureOf(error: unknown, begun: boolean): Failure {
  const kind = kindOf(error, begun);
  const title = kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("-", " ");
  const status = kind === "provider-silent" || kind === "time-limit" ? 504 : 502;
  return { type: `/problems/${kind}`, title, status, detail: details[kind] };
}

/** The SDK wraps what a request or a body fails with, once or twice. */
function kindOf(error: unknown, begun: boolean): FailureKind {
  if (error instanceof ProviderError) return error.kind;
  if (RetryError.isInstance(error)) return kindOf(error.lastError, begun);
  const { name = "", message = "", cause } = Object(error) as Error;
  if (cause instanceof ProviderError) return cause.kind;
  if (APICallError.isInstance(error)) {
    // A good answer whose body broke off is reported so, too.
    if (error.statusCode === undefined) return "provider-unreachable";
    if (error.statusCode < 400) return "provider-cut";
    const { code } = Object(Object(error.data).error) as { code?: unknown };
    if (typeof code === "string" && FILTERED.test(code)) return "answer-filtered";
    return kindOfCode(error.statusCode);
  }
  if (/ToolChoiceViolation/.test(name)) return "answer-unfinished";
  if (/JSONParse|TypeValidation|InvalidResponse|EmptyResponse|NoOutput/.test(name))
    return begun ? "provider-cut" : "provider-nonsense";
  if (/fetch failed|ECONNREFUSED|Cannot connect/.test(message)) return "provider-unreachable";
  return begun || /terminated|aborted|socket|ECONNRESET/.test(message)
    ? "provider-cut"
    : "provider-nonsense";
}

/** Words in the codes and types of errors, as providers write them. */
const BUSY = /rate.?limit|too.?many|overload|capacity|quota|exhausted|throttl|unavailable|balance/i;
const REFUSED =
  /invalid|authenti|permission|forbidden|not.?found|unsupported|context.?length|bad.?request/i;
const FILTERED = /content.?(?:filter|policy)|safety|sensitive|moderation/i;

/** z.AI's codes, which are no statuses of HTTP: of content, of the account and its rates, of the request. */
const ZAI_CODES: [RegExp, FailureKind][] = [
  [/^1301$/, "answer-filtered"],
  [/^(?:1113|130[2-9]|131\d)$/, "provider-busy"],
  [/^1[0-2]\d\d$/, "provider-refused"],
];

function kindOfCode(code: string | number): FailureKind {
  const own = ZAI_CODES.find(([pattern]) => pattern.test(String(code)));
  if (own) return own[1];
  const status = Number(code);
  if ([402, 429, 503, 529].includes(status)) return "provider-busy";
  if (status >= 500) return "provider-broken";
  if (status >= 400) return "provider-refused";
  if (typeof code === "number") return "provider-broken";
  if (FILTERED.test(code)) return "answer-filtered";
  if (BUSY.test(code)) return "provider-busy";
  return REFUSED.test(code) ? "provider-refused" : "provider-broken";
}

/**
 * An error that a provider sends inside its stream, after a status of 200: an object with a code, a type or
 * a status, or only a sentence.
 */
export function inBandError(error: unknown): ProviderError {
  const { code, status, type } = Object(error) as Record<string, unknown>;
  const told = [code, status, type].filter(
    (one) => (typeof one === "string" && one !== "") || typeof one === "number",
  ) as (string | number)[];
  const kinds = told.map(kindOfCode);
  const kind = kinds.find((one) => one !== "provider-broken") ?? "provider-broken";
  return new ProviderError(kind, { cause: error });
}

/** Frames that carry nothing: a comment that somebody wrapped into data, an empty one, a ping. */
const isKeepAlive = (text: string) => /^\s*(?::|$|"?(?:ping|keep-?alive)"?\s*$)/i.test(text);

/**
 * What the SDK reports as a part of the stream: a request that failed for good, an error that the provider
 * sent instead of a chunk, or a frame that is no chunk.
 * @returns undefined where a frame carried nothing and the answer goes on
 */
export function partFailure(error: unknown): unknown {
  if (JSONParseError.isInstance(error))
    return isKeepAlive(error.text) ? undefined : new ProviderError("provider-nonsense");
  if (TypeValidationError.isInstance(error)) {
    const value = Object(error.value) as Record<string, unknown>;
    if (value.error) return inBandError(value.error);
    // An event that is no part of an answer: a ping, a request's number.
    if (!("choices" in value)) return undefined;
    return new ProviderError("provider-nonsense", { cause: error });
  }
  // The stream ended without a reason: what follows from that is decided at its end.
  if (InvalidResponseDataError.isInstance(error)) return undefined;
  // An error of the provider's own has a code, a type or a status; the SDK's other errors have none of them.
  return error instanceof Error && error.name !== "AI_StreamProviderError"
    ? error
    : inBandError(error);
}
