import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { type Measured, type Results, resultsSchema, type SuiteResult } from "./results.ts";
import { said, spread, want } from "./say.ts";

const file = fileURLToPath(new URL("../results/latest.json", import.meta.url));

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;

/** The last run of each suite. */
export const readResults = (): Results =>
  existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};

/** Keeps a suite's results beside those of the others. */
export function keep(name: string, result: Omit<SuiteResult, "date" | "machine">): Results {
  const all = readResults();
  all[name] = { ...result, date: new Date().toISOString(), machine: machine() };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
  return sorted;
}

/** One workload as lines of text: each subject's medians with their spread, then the ratios. */
export function render({ name, rounds, units, subjects, ratios, voided }: Measured): string {
  const lines = [`\n${name} (${rounds} rounds, median [min – max])`];
  for (const [subject, figures] of Object.entries(subjects)) {
    lines.push(`  ${subject}`);
    for (const [figure, value] of Object.entries(figures))
      lines.push(`    ${figure.padEnd(24)} ${spread(value)} ${units[figure] ?? ""}`);
  }
  for (const [subject, times] of Object.entries(voided))
    lines.push(
      `  ! void: ${subject}, ${times} of ${rounds} rounds: the generator was the slow one`,
    );
  for (const ratio of ratios) {
    const { figure, of, to } = ratio;
    const wanted = want(ratio) && `  want ${want(ratio)}: ${said(ratio)}`;
    lines.push(`  ${figure}: ${of}${to ? ` ÷ ${to}` : ""} = ${spread(ratio)}${wanted}`);
  }
  return lines.join("\n");
}
