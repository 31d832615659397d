import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { extractReasoningMiddleware, type LanguageModel, wrapLanguageModel } from "ai";
import { dropIfEmpty, env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { completionLimits } from "../contract";
import { chunkExtractor } from "./chunks";
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
const isOpenAI = (baseURL: string) =>
  /^https:\/\/([\w-]+\.)?api\.openai\.com\//.test(`${baseURL}/`);

/**
 * The model that the environment names: OpenAI through its own package, whoever speaks its protocol through
 * the package for compatible servers, which knows their reasoning and their other habits. Both by chat
 * completions, which every compatible server has, not by the responses API.
 */
export const model = (): Promise<LanguageModel> => remember("model", createModel);

async function createModel(): Promise<LanguageModel> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL, OPENAI_MODEL } = env();
  const fetch = limitedFetch({
    firstByteMs: env().OPENAI_FIRST_BYTE_SECONDS * 1_000,
    silenceMs: env().OPENAI_SILENCE_SECONDS * 1_000,
    maxBytes: completionLimits.providerBytes,
  });
  if (!baseURL || isOpenAI(baseURL)) {
    // Loaded here, for it reads this variable as it is loaded.
    dropIfEmpty("OPENAI_BASE_URL");
    const { createOpenAI } = await import("@ai-sdk/openai");
    return createOpenAI({ apiKey, baseURL, fetch }).chat(OPENAI_MODEL);
  }
  const provider = createOpenAICompatible({
    ...{ name: "compatible", apiKey, baseURL, fetch },
    includeUsage: true,
    metadataExtractor: chunkExtractor,
  });
  // Servers that do not take a model's reasoning out of its text leave it there between these tags.
  const middleware = extractReasoningMiddleware({ tagName: "think" });
  return wrapLanguageModel({ model: provider(OPENAI_MODEL), middleware });
}
