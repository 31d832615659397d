import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drawResults } from "./lab/draw.tsx";
import { growthOf } from "./lab/growth.ts";
import { measure } from "./lab/measure.ts";
import { openFiles } from "./lab/open-files.ts";
import { keep, readResults, render } from "./lab/report.ts";
import type { Measured } from "./lab/results.ts";
import { setStage } from "./lab/stage.ts";
import { pinSelf } from "./lab/usage.ts";
import type { Suite, Workload } from "./suite.ts";

// npm run bench [-- token-stream,uploads] [--quick]; --draw makes pictures and tables of what is kept.

const GENERATOR_CORE = 1;
/** Four subjects with 5,000 connections each, and room. */
const OPEN_FILES = 24_000;
const args = process.argv.slice(2);
const quick = args.includes("--quick");
const wanted = args.filter((arg) => !arg.startsWith("-")).flatMap((arg) => arg.split(","));

const known = readdirSync(fileURLToPath(new URL("suites", import.meta.url)))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}. There are ${known.join(", ")}.`);
  process.exit(2);
}

if (args.includes("--draw")) {
  drawResults(readResults());
  process.exit();
}

pinSelf(GENERATOR_CORE);
openFiles(OPEN_FILES);
const stage = await setStage(quick);
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    ending = true;
    void stage.stop().finally(() => process.exit(130));
  });
try {
  for (const name of wanted.length > 0 ? wanted : known) {
    if (ending) break;
    const { suite } = (await import(`./suites/${name}.ts`)) as { suite: Suite };
    try {
      await run(suite);
    } catch (error) {
      // At a signal everything ends under our feet: that is no finding.
      if (ending) break;
      console.error(`\n${suite.name} is void:`, error);
      process.exitCode = 1;
    }
  }
} finally {
  if (!ending) await stage.stop();
}

/** Measures a suite, and keeps what it has found. One that throws keeps nothing. */
async function run(suite: Suite): Promise<void> {
  console.log(`\n# ${suite.name}: ${suite.what}`);
  const begun = performance.now();
  const runs: { workload: Workload; measured: Measured }[] = [];
  stage.absent.length = 0;
  await suite.run(stage, async (workload) => {
    const rounds = Math.min(workload.rounds ?? 5, quick ? 2 : 5);
    const measured = await measure(workload, rounds);
    runs.push({ workload, measured });
    console.log(render(measured));
  });
  const results = keep(suite.name, {
    ...{ what: suite.what, quick, absent: [...stage.absent] },
    workloads: runs.map(({ measured }) => measured),
    growth: growthOf(suite.growth ?? [], runs),
  });
  drawResults(results);
  console.log(`\n${suite.name} took ${Math.round((performance.now() - begun) / 1_000)} s.`);
}
