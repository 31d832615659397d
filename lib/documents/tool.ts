import { z } from "zod";
import { type DocumentSearch, tellingWords } from "./search.ts";

/** Passages of one result, and the bytes of all of them as JSON, in UTF-8. */
const MAX_PASSAGES = 8;
const MAX_BYTES = 12 * 1024;

/** What the tool is asked, and what it answers. */
export const searchInput = z.object({
  query: z.string().trim().min(1).max(500).describe("Keywords, in English."),
});
export const searchOutput = z.object({
  passages: z.array(z.object({ path: z.string(), heading: z.string(), text: z.string() })),
});
export type SearchOutput = z.infer<typeof searchOutput>;

/** The passages that fit a query best, as many as there is room for. */
export function searchDocuments(search: DocumentSearch, query: string): SearchOutput {
  const passages: SearchOutput["passages"] = [];
  let bytes = 0;
  for (const { path, heading, text } of search.find(tellingWords(query))) {
    const passage = { path, heading, text };
    bytes += Buffer.byteLength(JSON.stringify(passage));
    if (passages.length === MAX_PASSAGES || bytes > MAX_BYTES) break;
    passages.push(passage);
  }
  return { passages };
}
