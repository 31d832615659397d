import { expect, test } from "vitest";
import { parse } from "./passages.ts";

test("Markdown becomes passages", () => {
  const markdown = [
    "# The [title](x.md)",
    "One",
    "line. ![picture](a.png)",
    "",
    "- first [`a|b`](<app/(x)/y.ts>)",
    "  goes on",
    "- second",
    "## Below",
    "| what | then |",
    "|---|:-:|",
    "| one `\\|` | two | three |",
    "```sh",
    "# no heading",
    "- no item",
    "```",
    "<!-- nothing -->",
  ].join("\n");
  const found = parse("a.md", markdown);
  expect(found.map(({ heading, text }) => [heading, text])).toEqual([
    ["The title", "One line."],
    ["The title", "- first `a|b` goes on"],
    ["The title", "- second"],
    ["Below", "one `|`: two; three"],
    ["Below", "# no heading\n- no item"],
  ]);
  expect(new Set(found.map(({ title }) => title))).toEqual(new Set(["The title"]));
});
