import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Measured, measure } from "./lab/measure.ts";
import { keep, render } from "./lab/report.ts";
import { setStage } from "./lab/stage.ts";
import { pinSelf } from "./lab/usage.ts";
import type { Suite } from "./suite.ts";

// npm run bench [-- token-stream,uploads] [--quick]

const GENERATOR_CORE = 1;
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

pinSelf(GENERATOR_CORE);
const stage = await setStage(quick);
let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    ending = true;
    void stage.stop().finally(() => process.exit(130));
  });
try {
  for (const name of wanted.length > 0 ? wanted : known) {
    const { suite } = (await import(`./suites/${name}.ts`)) as { suite: Suite };
    console.log(`\n# ${suite.name}: ${suite.what}`);
    const measured: Measured[] = [];
    await suite.run(stage, async (workload) => {
      const result = await measure(workload, workload.rounds ?? (quick ? 2 : 5));
      measured.push(result);
      console.log(render(result));
    });
    keep(suite, quick, measured);
  }
} catch (error) {
  // At a signal everything ends under our feet: that is no finding.
  if (!ending) {
    console.error("\nThe run is void:", error);
    process.exitCode = 1;
  }
} finally {
  if (!ending) await stage.stop();
}
