import { expect, test } from "vitest";
import { readPassages } from "./passages.ts";
import { createDocumentSearch, tellingWords } from "./search.ts";
import { searchDocuments, searchInput, searchOutput } from "./tool.ts";

const search = createDocumentSearch(readPassages(process.cwd()));

test("finds what bears on the words, best first, with its place", () => {
  const { passages } = searchDocuments(search, "event stream resume Last-Event-ID");
  expect(passages[0]?.path).toBe("app/(event-stream)/README.md");
  expect(searchOutput.parse({ passages })).toEqual({ passages });
});

test.each(["", "the of and", "xyzzy plugh", "\ud800", "log ".repeat(5_000)])(
  "takes %j, and stays within its bounds",
  (query) => {
    const output = searchDocuments(search, query);
    expect(output.passages.length).toBeLessThanOrEqual(8);
    expect(Buffer.byteLength(JSON.stringify(output))).toBeLessThanOrEqual(13 * 1024);
  },
);

test("a query has 1 to 500 characters", () => {
  expect(searchInput.safeParse({ query: " " }).success).toBe(false);
  expect(searchInput.safeParse({ query: "x".repeat(501) }).success).toBe(false);
  expect(searchInput.parse({ query: " log " })).toEqual({ query: "log" });
});

test("the telling words of a text are there once, as they are written", () => {
  expect(tellingWords("How does the Stream resume, and why do streams resume?")).toEqual([
    "Stream",
    "resume",
  ]);
});
