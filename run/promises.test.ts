import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const docs = new URL("../docs/", import.meta.url);
const text = readFileSync(new URL("promises.md", docs), "utf8");
const rows = text.split("\n").filter((line) => /^\| (?!promise |---)/.test(line));

/** The tests that a promise names: `[title](../path)`, or `[title](<../path>)` where the path has brackets. */
const testsOf = (row: string) =>
  [...row.matchAll(/\[([^\]]+)\]\((?:<([^>]+)>|([^)<]+))\)/g)].map(
    ([, title = "", bracketed, plain = ""]) => ({ title, path: bracketed ?? plain }),
  );

describe("docs/promises.md", () => {
  it("has promises", () => expect(rows.length).toBeGreaterThan(3));

  it.each(rows)("%s", (row) => {
    const tests = testsOf(row);
    expect(tests, "a promise names its test").not.toEqual([]);
    for (const { title, path } of tests) {
      const file = fileURLToPath(new URL(path, docs));
      expect(existsSync(file), path).toBe(true);
      expect(readFileSync(file, "utf8"), path).toContain(title);
    }
  });
});
