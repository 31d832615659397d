import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, type LanguageModelV3 } from "@ai-sdk/provider";
import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { completionLimits, type Failure } from "../contract";
import { fetchInGulps } from "./gulps";
import { producers } from "./producer";

const UNHURRIED = 8;
const MAX_WAIT_MS = 50;

/**
 * The model that the environment names. `chat`, not the responses API: every OpenAI-compatible
 * server speaks chat completions.
 * @throws HttpError 503 where it names none
 */
export function model(): LanguageModelV3 {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL } = env();
  if (!OPENAI_API_KEY && !OPENAI_BASE_URL)
    throw new HttpError(503, "no-model", "No model is set up here. The demo brings its own.");
  return remember("openai", () =>
    createOpenAI({
      apiKey: OPENAI_API_KEY ?? "none",
      baseURL: OPENAI_BASE_URL,
      fetch: fetchInGulps(waitMs, {
        maxBytes: completionLimits.providerBytes,
        tooLarge: () => new ProviderError("provider-too-large"),
      }),
    }),
  ).chat(OPENAI_MODEL);
}

/**
 * How long tokens wait for each other: not at all for a few answers at once, half a millisecond
 * more with each one, 50 ms at most. So a busy process does less for each token.
 */
function waitMs(): number {
  const running = producers().size;
  return running <= UNHURRIED ? 0 : Math.min(running / 2, MAX_WAIT_MS);
}

/** What can go wrong with a provider, as the kind of the problem. */
const details = {
  "provider-refused": "The model's provider refused the request.",
  "provider-busy": "The model's provider is out of capacity, or our quota there is spent.",
  "provider-broken": "The model's provider failed.",
  "provider-unreachable": "The model's provider cannot be reached.",
  "provider-silent": "The model's provider stopped sending. What came is kept.",
  "provider-cut": "The model's provider broke off in the middle. What came is kept.",
  "provider-too-large":
    "The model's provider sent more than an answer may have. What came is kept.",
  "provider-nonsense": "The model's provider sent what is no answer.",
  "time-limit": "The answer took longer than its time limit. What came is kept.",
  abandoned: "Too many instances ended while they made this answer. What came is kept.",
} as const;
type FailureKind = keyof typeof details;

/** A failure of the provider, by its kind. */
export class ProviderError extends Error {
  constructor(readonly kind: FailureKind) {
    super(details[kind]);
    this.name = "ProviderError";
  }
}

/** The problem that a reader is told; what the provider itself said stays in our log. */
export function failureOf(error: unknown, begun: boolean): Failure {
  // The SDK makes what a body fails with the cause of an error of its own.
  const { cause } = Object(error) as { cause?: unknown };
  const own = [error, cause].find((one) => one instanceof ProviderError);
  const kind = own?.kind ?? kindOf(error, begun);
  const title = kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("-", " ");
  const status = kind === "provider-silent" || kind === "time-limit" ? 504 : 502;
  return { type: `/problems/${kind}`, title, status, detail: details[kind] };
}

function kindOf(error: unknown, begun: boolean): FailureKind {
  if (APICallError.isInstance(error)) {
    const { statusCode } = error;
    if (statusCode === 429 || statusCode === 503) return "provider-busy";
    if (statusCode !== undefined && statusCode >= 500) return "provider-broken";
    if (statusCode !== undefined && statusCode >= 400) return "provider-refused";
    // A good answer whose body broke off is reported so, too.
    return statusCode === undefined ? "provider-unreachable" : "provider-cut";
  }
  const { name = "", message = "" } = Object(error) as Error;
  if (/JSONParse|TypeValidation|InvalidResponse|EmptyResponse|NoOutput/.test(name))
    return "provider-nonsense";
  if (/fetch failed|ECONNREFUSED|Cannot connect/.test(message)) return "provider-unreachable";
  return begun || /terminated|aborted|socket|ECONNRESET/.test(message)
    ? "provider-cut"
    : "provider-nonsense";
}
