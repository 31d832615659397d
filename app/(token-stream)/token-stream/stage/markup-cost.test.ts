import { createElement } from "react";
import { renderToString } from "react-dom/server";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { describe, expect, it } from "vitest";
import { isTooCostly } from "./markup-cost";

const render = (text: string) =>
  renderToString(createElement(Markdown, { remarkPlugins: [remarkGfm] }, text));

/** Texts that nest, or that the parser looks at again and again, `n` times over. */
const hostile: Record<string, (n: number) => string> = {
  quotes: (n) => `${"> ".repeat(n)}x`,
  "quotes without blanks": (n) => `${">".repeat(n)}x`,
  lists: (n) => `${"- ".repeat(n)}x`,
  "numbered lists": (n) => `${"1. ".repeat(n)}x`,
  "lists by indentation": (n) =>
    Array.from({ length: Math.min(n, 300) }, (_, i) => `${"  ".repeat(i)}- a`).join("\n"),
  "quotes, lists and tabs": (n) => `${">\t- ".repeat(n)}x`,
  emphasis: (n) => `${"*_".repeat(n)}x${"_*".repeat(n)}`,
  "emphasis and strong": (n) => `${"*a **b ".repeat(n)}x${"** *".repeat(n)}`,
  strikethrough: (n) => `${"~a **b ".repeat(n)}x${"** ~".repeat(n)}`,
  links: (n) => `${"[".repeat(n)}x${"](a)".repeat(n)}`,
  images: (n) => `${"![*".repeat(n)}x${"*](a)".repeat(n)}`,
  footnotes: (n) => `${"[^a]: > ".repeat(n)}x`,
  table: (n) => `|${"a|".repeat(n)}\n|${"-|".repeat(n)}\n${`|${"a|".repeat(n)}\n`.repeat(5)}`,
  lines: (n) => "- a\n".repeat(n),
  ticks: (n) => Array.from({ length: n }, (_, i) => `${"`".repeat((i % 50) + 1)}a`).join(""),
};

describe("isTooCostly", () => {
  it.each(Object.entries(hostile))("lets no %s through that cannot be rendered", (_, make) => {
    expect(isTooCostly(make(3_000))).toBe(true);
    for (const n of [20, 100, 300, 1_000]) {
      const text = make(n);
      if (isTooCostly(text)) continue;
      const begun = performance.now();
      expect(render(text)).not.toContain("undefined");
      // Some tens of milliseconds on a machine at rest.
      expect(performance.now() - begun).toBeLessThan(3_000);
    }
  });

  it("overflows the renderer without it", () => {
    expect(() => render(hostile.quotes?.(3_000) ?? "")).toThrow(/call stack/);
  });

  it("takes answers as models write them", () => {
    const item = "- **Cursor**: says *after this row*; see [the page](https://a.example/b_c).\n";
    const code = `\`\`\`ts\n${"        const first_row = rows[0] ?? await read_rows(a, [b]);\n".repeat(60)}\`\`\`\n`;
    const table = `| a | b | c |\n|---|---|---|\n${"| **1** | `x` | 3 |\n".repeat(40)}`;
    for (const text of [
      "",
      "> a quote\n>> of a quote\n> > > of a quote\n",
      `# Title\n\n${item.repeat(40)}`,
      code,
      table,
    ])
      expect(isTooCostly(text)).toBe(false);
  });
});
