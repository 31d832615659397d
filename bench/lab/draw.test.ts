import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawingsOf } from "./draw";
import { readResults } from "./report";
import type { Results } from "./results";
import { summaryTable } from "./table";

describe("the pictures and tables of the results", () => {
  it("are those of the kept results: npm run bench -- --draw makes them anew", () => {
    for (const [file, text] of Object.entries(drawingsOf(readResults()))) {
      expect(existsSync(file), file).toBe(true);
      expect(readFileSync(file, "utf8") === text, file).toBe(true);
    }
  });

  it("say what was missed, and what is void, as plainly as what was reached", () => {
    const ratio = { figure: "time", of: "ours", to: "theirs", atMost: 2 };
    const results: Results = {
      chat: {
        ...{ what: "w", date: "2026-11-23T00:00:00.000Z", quick: true, machine: "m | n" },
        ...{ absent: ["FastAPI: none."], growth: [] },
        workloads: [
          {
            ...{ name: "one", rounds: 5, units: {}, subjects: {}, voided: {} },
            ratios: [
              { ...ratio, median: 3, min: 3, max: 3, reached: false },
              { ...ratio, median: 1, min: 1, max: 1, reached: true },
              ratio,
            ],
          },
        ],
      },
    };
    const texts = Object.values(drawingsOf(results)).join("\n");
    expect(texts).toContain("1 of 3 targets are reached");
    expect(texts).toContain("| 3 [3 – 3] | ≤ 2 | NOT reached |");
    expect(texts).toContain("| void | ≤ 2 | void |");
    expect(texts).toContain("Without FastAPI: none.");
    expect(summaryTable(results)).toContain("| 1 of 3 | 2026-11-23 (quick) |");
  });
});
