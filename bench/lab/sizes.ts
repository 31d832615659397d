import type { Results } from "./results.ts";
import { short } from "./say.ts";
import { row } from "./table.ts";

/** Where a figure stands that says how much one instance carries; of the largest size measured. */
interface Size {
  what: string;
  suite: string;
  workload: RegExp;
  subject: string;
  figures: string[];
}

const CPU = "CPU a delivery";
const sizes: Size[] = [
  {
    what: "small requests",
    ...{ suite: "small-get", workload: /connection/, subject: "through the lane" },
    figures: ["requests a second", "CPU a request"],
  },
  {
    what: "chat: a message to everyone in a room",
    ...{ suite: "chat", workload: /, 1 in flight/, subject: "Patternbook" },
    figures: ["deliveries a second", CPU],
  },
  {
    what: "event stream: an event to all readers",
    ...{ suite: "event-stream", workload: /readers/, subject: "Patternbook" },
    figures: ["deliveries a second", CPU, "memory"],
  },
  {
    what: "tokens, through the log",
    ...{ suite: "token-stream", workload: /streams? at/, subject: "through the log" },
    figures: ["CPU a token", "lag p99"],
  },
  {
    what: "the log: entries stored",
    ...{ suite: "log", workload: /writer/, subject: "the log" },
    figures: ["entries a second", "CPU an entry"],
  },
  {
    what: "an upload through the application",
    ...{ suite: "uploads", workload: /^raw PUT/, subject: "streaming route" },
    figures: ["throughput", "memory over idle", "CPU a MiB"],
  },
  {
    what: "jobs",
    ...{ suite: "background-tasks", workload: /many/, subject: "embedded executor" },
    figures: ["jobs a second", "to the first step p50"],
  },
];

/** One line for each: what an instance did in the run that is kept. For docs/deploy.md. */
export function sizeTable(results: Results): string {
  let text = row("one instance, on one core", "size", "measured") + row("---", "---", "---");
  for (const { what, suite, workload, subject, figures } of sizes) {
    const measured = results[suite]?.workloads.findLast(
      ({ name, subjects }) => workload.test(name) && subjects[subject],
    );
    if (!measured) {
      text += row(what, "–", "not in the run that is kept");
      continue;
    }
    const { name, units, subjects } = measured;
    const said = figures.flatMap((figure) => {
      const value = subjects[subject]?.[figure]?.median;
      return value === undefined ? [] : `${figure}: ${short(value)} ${units[figure] ?? ""}`.trim();
    });
    text += row(what, name, said.join("; "));
  }
  return text;
}
