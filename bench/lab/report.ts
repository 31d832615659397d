import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Measured } from "./measure.ts";
import type { Summary } from "./stats.ts";

/** `bench/results/latest.json`: the last run of each suite, with its machine and date. */
export interface Results {
  [suite: string]: {
    what: string;
    date: string;
    quick: boolean;
    machine: string;
    workloads: Measured[];
  };
}

const file = fileURLToPath(new URL("../results/latest.json", import.meta.url));

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;

/** Keeps a suite's results beside those of the others. */
export function keep(
  suite: { name: string; what: string },
  quick: boolean,
  workloads: Measured[],
): void {
  const before: Results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const date = new Date().toISOString();
  before[suite.name] = { what: suite.what, date, quick, machine: machine(), workloads };
  writeFileSync(file, `${JSON.stringify(before, null, 2)}\n`);
}

/** One workload as lines of text: each subject's medians with their spread, then the ratios. */
export function render({ name, rounds, units, subjects, ratios }: Measured): string {
  const lines = [`\n${name} (${rounds} rounds, median [min – max])`];
  for (const [subject, figures] of Object.entries(subjects)) {
    lines.push(`  ${subject}`);
    for (const [figure, value] of Object.entries(figures))
      lines.push(`    ${figure.padEnd(24)} ${spread(value)} ${units[figure] ?? ""}`);
  }
  for (const { figure, of, to, atMost, atLeast, reached, ...value } of ratios) {
    const want = atMost === undefined ? atLeast && `≥ ${atLeast}` : `≤ ${atMost}`;
    const verdict = want ? `  want ${want}: ${reached ? "reached" : "NOT reached"}` : "";
    lines.push(`  ${figure}: ${of}${to ? ` ÷ ${to}` : ""} = ${spread(value)}${verdict}`);
  }
  return lines.join("\n");
}

const spread = ({ median, min, max }: Summary) =>
  `${short(median)} [${short(min)} – ${short(max)}]`;

const short = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
