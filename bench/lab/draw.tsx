import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { GaugeMarks } from "../../components/plot/gauge.tsx";
import {
  GROWTH_WIDTH,
  GrowthMarks,
  growthHeight,
  growthInWords,
} from "../../components/plot/growth-plot.tsx";
import type { Curves, Results } from "./results.ts";
import { said, spread, want } from "./say.ts";
import { sizeTable } from "./sizes.ts";
import { summaryTable, wholeTable } from "./table.ts";
import { beyond, countOf, nameOf, type Target, targetsOf } from "./targets.ts";

// The pictures and tables beside latest.json: the same drawings as on the benchmarks page.

const folder = fileURLToPath(new URL("../results/", import.meta.url));
const readme = fileURLToPath(new URL("../../README.md", import.meta.url));
const deploy = fileURLToPath(new URL("../../docs/deploy.md", import.meta.url));
const ROW = 20;

/** The colours of the application (app/globals.css), by the theme of who looks. */
const style = `svg{font-family:system-ui,sans-serif;--ink:#1e1b16;--muted:#645d51;--rule:#ddd6c8;--accent:#2b45a0;--good:#2a6a3c;--warn:#855600;--bad:#a4291d}
@media (prefers-color-scheme:dark){svg{--ink:#e9e5da;--muted:#a19c91;--rule:#2b313c;--accent:#a8b8ff;--good:#86c796;--warn:#dfb55f;--bad:#f2978c}}`;

/** What the results look like, by the files' paths: bench/results/*.svg and its README, the main one, docs/deploy.md. */
export function drawingsOf(results: Results): Record<string, string> {
  const curves = Object.entries(results).filter(([, { growth }]) => growth.length > 0);
  return {
    [`${folder}targets.svg`]: picture(<Targets targets={targetsOf(results)} />),
    ...Object.fromEntries(
      curves.map(([suite, { growth }]) => [
        `${folder}${suite}.svg`,
        picture(<Curved growth={growth} />),
      ]),
    ),
    [`${folder}README.md`]: wholeTable(results),
    [readme]: withTable(readme, "bench", summaryTable(results)),
    [deploy]: withTable(deploy, "sizes", sizeTable(results)),
  };
}

/** A document with another table between `<!-- name -->` and `<!-- /name -->`. */
function withTable(file: string, name: string, table: string): string {
  const part = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
  return readFileSync(file, "utf8").replace(part, (_all, begin, end) => begin + table + end);
}

/** Writes them, and takes away the pictures of what is not there any more. */
export function drawResults(results: Results): void {
  for (const file of readdirSync(folder)) if (file.endsWith(".svg")) rmSync(folder + file);
  for (const [file, text] of Object.entries(drawingsOf(results))) writeFileSync(file, text);
}

const picture = (content: ReactNode) => `${renderToStaticMarkup(content)}\n`;

function Drawing(props: { width: number; height: number; says: string; children: ReactNode }) {
  const { width, height, says, children } = props;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      {...{ width, height, viewBox: `0 0 ${width} ${height}`, role: "img" }}
    >
      <title>{says}</title>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant; as text its `>` would be escaped. */}
      <style dangerouslySetInnerHTML={{ __html: style }} />
      {children}
    </svg>
  );
}

/** The curves of one suite, side by side. */
function Curved({ growth }: { growth: Curves[] }) {
  const height = Math.max(...growth.map(growthHeight));
  const says = growth.map(growthInWords).join(" ");
  return (
    <Drawing {...{ width: growth.length * GROWTH_WIDTH, height, says }}>
      {growth.map((one, index) => (
        <g key={one.figure + one.sizes} transform={`translate(${index * GROWTH_WIDTH} 0)`}>
          <GrowthMarks growth={one} />
        </g>
      ))}
    </Drawing>
  );
}

/** Each target as a row: what, how far beyond it, and the figures. */
function Targets({ targets }: { targets: Target[] }) {
  const { all, reached } = countOf(targets);
  const says = `${reached} of ${all} targets are reached`;
  return (
    <Drawing {...{ width: 1_080, height: (targets.length + 2) * ROW, says }}>
      <g fontSize={12} fill="var(--ink)">
        <text x={4} y={14} fontWeight={600}>
          {says}. The line in the middle is the target; to the right is better.
        </text>
        {targets.map(({ suite, workload, ratio }, index) => (
          <g
            key={`${suite} ${workload} ${nameOf(ratio)} ${want(ratio)}`}
            transform={`translate(0 ${(index + 1) * ROW + 4})`}
          >
            <text x={4} y={12}>
              {shortened(`${suite}, ${workload}: ${nameOf(ratio)}`)}
            </text>
            {ratio.median !== undefined && (
              <g transform="translate(560 1)">
                <GaugeMarks reading={readingOf(ratio)} reached={ratio.reached === true} />
              </g>
            )}
            <text x={690} y={12} fill="var(--muted)">
              {`${spread(ratio)}, want ${want(ratio)}${ratio.reached ? "" : `: ${said(ratio)}`}`}
            </text>
          </g>
        ))}
      </g>
    </Drawing>
  );
}

const shortened = (text: string) => (text.length > 88 ? `${text.slice(0, 87)}…` : text);

const readingOf = (ratio: Target["ratio"]) => ({
  median: beyond(ratio, ratio.median ?? 0),
  min: beyond(ratio, ratio.min ?? 0),
  max: beyond(ratio, ratio.max ?? 0),
});
