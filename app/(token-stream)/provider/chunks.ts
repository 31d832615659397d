import type { MetadataExtractor } from "@ai-sdk/openai-compatible";
import type { ProviderMetadata } from "ai";
import { z } from "zod";
import { type Source, sourceSchema } from "../contract";

const tokens = z.number().nullish();
const usage = z.object({ prompt_tokens: tokens, completion_tokens: tokens });
const seenSchema = z.object({
  /** The last word for why it ended. */
  finishReason: z.string().optional(),
  /** An error that stands in a chunk beside its choices. */
  error: z.unknown().optional(),
  sources: z.array(sourceSchema),
  /** Tokens, where a server tells them in a field of its own. */
  usage: usage.optional(),
});
/** What the chunks of one request's answer say beside what the SDK takes from them. */
export type Seen = z.infer<typeof seenSchema>;

/** Longer addresses of sources are left out, longer titles are cut. */
const MAX_URL = 2_048;
const MAX_TITLE = 300;

const citation = z.object({ url: z.string(), title: z.string().nullish() });
const choice = z.object({
  finish_reason: z.string().nullish().catch(null),
  error: z.unknown().optional(),
  delta: z
    .object({
      annotations: z.array(z.object({ url_citation: citation.nullish().catch(null) })).nullish(),
    })
    .nullish()
    .catch(null),
});
const chunk = z.object({
  error: z.unknown().optional(),
  choices: z.array(choice).nullish().catch(null),
  citations: z.array(z.string()).nullish().catch(null),
  search_results: z.array(citation).nullish().catch(null),
  x_groq: z.object({ usage: usage.nullish() }).nullish().catch(null),
});

/**
 * Reads each chunk of a compatible server once more, through the SDK's own extension point for what it does
 * not map. What is seen comes with the end of a step, as metadata of the provider.
 */
export const chunkExtractor: MetadataExtractor = {
  extractMetadata: async () => undefined,
  createStreamExtractor() {
    const seen: Seen = { sources: [] };
    return {
      processChunk: (raw) => see(seen, raw),
      buildMetadata: () => ({ seen: seen as ProviderMetadata[string] }),
    };
  },
};

/** What was seen of a step; nothing where the provider is OpenAI itself, which the SDK knows. */
export const seenOf = (metadata: ProviderMetadata | undefined): Seen =>
  seenSchema.safeParse(metadata?.seen).data ?? { sources: [] };

function see(seen: Seen, raw: unknown): void {
  if (isToken(raw)) return;
  const { data } = chunk.safeParse(raw);
  if (!data) return;
  const first = data.choices?.[0];
  if (first?.finish_reason) seen.finishReason = first.finish_reason;
  if (first) seen.error ??= data.error ?? first.error ?? undefined;
  if (data.x_groq?.usage) seen.usage = data.x_groq.usage;
  for (const { url_citation } of first?.delta?.annotations ?? [])
    if (url_citation) addSource(seen, url_citation);
  for (const result of data.search_results ?? []) addSource(seen, result);
  for (const url of data.citations ?? []) addSource(seen, { url });
}

/** Most chunks are a token and nothing else: they are not looked at closely. */
function isToken(raw: unknown): boolean {
  const { choices, error, citations, search_results, x_groq } = Object(raw) as Partial<
    Record<string, unknown>
  >;
  if (error || citations || search_results || x_groq || !Array.isArray(choices)) return false;
  const {
    finish_reason,
    error: own,
    delta,
  } = Object(choices[0]) as Partial<Record<string, unknown>>;
  return !finish_reason && !own && !(Object(delta) as { annotations?: unknown }).annotations;
}

function addSource({ sources }: Seen, { url, title }: z.infer<typeof citation>): void {
  const source = sourceOf(url, title);
  if (source && sources.every((one) => one.url !== source.url)) sources.push(source);
}

/** A source that a page may link to; undefined for what is no address on the web. */
export function sourceOf(url: string, title?: string | null): Source | undefined {
  if (url.length > MAX_URL || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return { url, title: (title || new URL(url).hostname).slice(0, MAX_TITLE) };
}
