import type { Results } from "./results.ts";
import { said, spread, want } from "./say.ts";
import { countOf, nameOf, targetsOf } from "./targets.ts";

/** A cell may hold no bar of its own. */
export const row = (...cells: string[]) =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
const day = (date: string) => date.slice(0, 10);

/** One line for each suite: for the main README. */
export function summaryTable(results: Results): string {
  let text =
    row("suite", "what it measures", "targets reached", "measured") +
    row("---", "---", "---", "---");
  for (const [suite, result] of Object.entries(results)) {
    const { all, reached } = countOf(targetsOf({ [suite]: result }));
    const when = day(result.date) + (result.quick ? " (quick)" : "");
    text += row(
      `[${suite}](bench/results/README.md#${suite})`,
      result.what,
      `${reached} of ${all}`,
      when,
    );
  }
  return text;
}

/** Every ratio of every suite, its growth, and what is missing: bench/results/README.md. */
export function wholeTable(results: Results): string {
  const { all, reached } = countOf(targetsOf(results));
  let text = `# Results\n\nMade by \`npm run bench\`: ${reached} of ${all} targets are reached.\n\n![Targets](targets.svg)\n`;
  for (const [suite, { what, date, quick, machine, workloads, growth, absent }] of Object.entries(
    results,
  )) {
    text += `\n## ${suite}\n\nMeasures ${what}\n${day(date)}, ${machine}${quick ? ", `--quick`" : ""}.\n`;
    for (const one of absent) text += `\nWithout ${one}\n`;
    if (growth.length > 0) text += `\n![Growth](${suite}.svg)\n`;
    text += `\n${row("workload", "ratio or figure", "median [min – max]", "wanted", "")}${row("---", "---", "---", "---", "---")}`;
    for (const { name, ratios } of workloads)
      for (const ratio of ratios)
        text += row(name, nameOf(ratio), spread(ratio), want(ratio), want(ratio) && said(ratio));
  }
  return text;
}
