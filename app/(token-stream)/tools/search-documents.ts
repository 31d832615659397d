import { tool } from "ai";
import { readPassages } from "@/lib/documents/passages";
import { createDocumentSearch } from "@/lib/documents/search";
import { searchDocuments, searchInput } from "@/lib/documents/tool";
import { remember } from "@/lib/remember";

/** The project's documents are read once, where the first answer needs them. */
const search = () =>
  remember("document search", () =>
    createDocumentSearch(readPassages(/*turbopackIgnore: true*/ process.cwd())),
  );

/** The tool that an answer may use: it finds passages in this project's documents. */
export const searchTool = {
  name: "search_documents",
  run: (input: unknown) => searchDocuments(search(), searchInput.parse(input).query),
  definition: tool({
    description:
      "Searches the documents of Patternbook, the application that you are part of, by keywords. Answers the passages that fit best, with their files and headings.",
    inputSchema: searchInput,
  }),
} as const;
