import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { EmbeddedOpenAI } from "./index.ts";

export const apiKey = "a key for tests";
export const root = new URL("../..", import.meta.url).pathname;

/** The model as the application gets it, from the real SDK. As fast as can be unless told. */
export function modelOf({ baseUrl }: EmbeddedOpenAI, pace = 0, key = apiKey) {
  const provider = createOpenAI({
    baseURL: baseUrl,
    apiKey: key,
    headers: { "x-pace": String(pace) },
  });
  return provider.chat("patternbook-docs");
}

/** The same through the SDK's package for servers that speak OpenAI's protocol; it shows reasoning. */
export const compatibleModelOf = ({ baseUrl }: EmbeddedOpenAI) =>
  createOpenAICompatible({
    ...{ name: "compatible", baseURL: baseUrl, apiKey, includeUsage: true },
    headers: { "x-pace": "0" },
  })("patternbook-docs");

/** A raw request to /v1/chat/completions; `body` as it is where it is a string. */
export function ask(
  { baseUrl }: EmbeddedOpenAI,
  body: object | string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "x-pace": "0", ...headers },
    body: typeof body === "string" ? body : JSON.stringify({ model: "patternbook-docs", ...body }),
    signal,
  });
}

export async function statsOf({ baseUrl }: EmbeddedOpenAI): Promise<unknown> {
  return (await fetch(baseUrl.replace(/\/v1$/, "/stats"))).json();
}
