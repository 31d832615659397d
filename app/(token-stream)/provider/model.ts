import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModel } from "ai";
import { dropIfEmpty, env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { completionLimits } from "../contract";
import { chunkExtractor, type Seen } from "./chunks";
import { limitedFetch } from "./limited-fetch";

/**
 * Asked before anything is stored.
 * @throws HttpError 503 where the environment names no model
 */
export function requireModel(): void {
  const { OPENAI_API_KEY, OPENAI_BASE_URL } = env();
  if (!OPENAI_API_KEY && !OPENAI_BASE_URL)
    throw new HttpError(503, "no-model", "No model is set up here. The demo brings its own.");
}

/** OpenAI's own hosts, those of its regions included. */
const isOpenAI = (baseURL: string | undefined) =>
  !baseURL || /^https:\/\/([\w-]+\.)?api\.openai\.com\//.test(`${baseURL}/`);

/**
 * The model that the environment names, for one answer: OpenAI through its own package, whoever speaks its
 * protocol through the package for compatible servers, which knows their reasoning and their other habits. Both
 * by chat completions, which every compatible server has, not by the responses API.
 *
 * @param upstream is aborted where a limit is passed; its signal must be that of the requests
 * @param onStream told what is seen of each request's chunks beside what the SDK maps
 */
export async function modelFor(
  upstream: AbortController,
  onStream: (seen: Seen) => void,
): Promise<LanguageModel> {
  const {
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
    OPENAI_MODEL,
    OPENAI_FIRST_BYTE_SECONDS,
    OPENAI_SILENCE_SECONDS,
  } = env();
  const limits = {
    firstByteMs: OPENAI_FIRST_BYTE_SECONDS * 1_000,
    silenceMs: OPENAI_SILENCE_SECONDS * 1_000,
    maxBytes: completionLimits.providerBytes,
  };
  const fetch = limitedFetch(limits, upstream);
  if (isOpenAI(OPENAI_BASE_URL)) {
    // Loaded here, for it reads this variable as it is loaded.
    dropIfEmpty("OPENAI_BASE_URL");
    const { createOpenAI } = await import("@ai-sdk/openai");
    const options = { apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL, fetch };
    return createOpenAI(options).chat(OPENAI_MODEL);
  }
  return createOpenAICompatible({
    name: "compatible",
    apiKey: OPENAI_API_KEY,
    baseURL: OPENAI_BASE_URL as string,
    includeUsage: true,
    metadataExtractor: chunkExtractor(onStream),
    fetch,
  })(OPENAI_MODEL);
}
