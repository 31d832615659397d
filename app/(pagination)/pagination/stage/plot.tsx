"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import type { Measured } from "../client/depth";
import { lanes } from "../client/reading";
import { useDepth } from "../pagination-provider";
import type { Measure } from "./depth-panel";

const HEIGHT = 220;
/** A logarithmic scale has no zero: the first page is drawn here. */
const SHALLOWEST = 10;

const looks = {
  offset: { colour: "var(--bad)", dash: [] as number[] },
  cursor: { colour: "var(--accent)", dash: [6, 4] },
};
const units: Record<Measure, string> = { buffers: "", ms: " ms", rowsScanned: "" };
const names: Record<Measure, string> = {
  buffers: "Buffers",
  ms: "Time",
  rowsScanned: "Rows scanned",
};

/** The cost of a page by its depth, both logarithmic; the last measurement at each depth. */
export function Plot({ measure }: { measure: Measure }) {
  const { measured } = useDepth();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeChanges();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes its colours once; a new theme is a new plot.
  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const made = new uPlot(optionsFor(element, units[measure]), [[], [], []], element);
    plot.current = made;
    const resized = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, measure]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot made anew is drawn anew.
  useEffect(() => {
    plot.current?.setData(seriesOf(measured, measure));
  }, [measured, measure, theme]);

  const said = lanes.map((way) => {
    const all = measured.filter((one) => one.way === way).sort((a, b) => a.depth - b.depth);
    const at = (one: Measured | undefined) =>
      one &&
      `${Number(one[measure].toFixed(2)).toLocaleString("en")}${units[measure]} at depth ${one.depth.toLocaleString("en")}`;
    return all.length === 0 ? `${way}: nothing yet` : `${way}: ${at(all[0])}, ${at(all.at(-1))}`;
  });
  return (
    <figure className="px-2 pt-3 pb-2">
      <figcaption className="flex flex-wrap gap-x-4 px-2 text-muted text-xs">
        {names[measure]} by rows before the page
        {lanes.map((way) => (
          <span key={way} className="inline-flex items-center gap-1.5">
            <svg aria-hidden viewBox="0 0 24 4" className="h-1 w-6">
              <line
                {...{ x1: 0, y1: 2, x2: 24, y2: 2, strokeWidth: 2 }}
                stroke={looks[way].colour}
                strokeDasharray={looks[way].dash.join(" ")}
              />
            </svg>
            {way}
          </span>
        ))}
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`${names[measure]} of a page by its depth. ${said.join("; ")}.`}
        style={{ height: HEIGHT }}
      />
    </figure>
  );
}

function seriesOf(measured: Measured[], measure: Measure): uPlot.AlignedData {
  const depths = [...new Set(measured.map(({ depth }) => Math.max(depth, SHALLOWEST)))];
  depths.sort((a, b) => a - b);
  const last = (way: string, depth: number) =>
    measured.findLast((one) => one.way === way && Math.max(one.depth, SHALLOWEST) === depth);
  const series = lanes.map((way) =>
    depths.map((depth) => {
      const one = last(way, depth);
      return one ? Math.max(one[measure], 0.01) : null;
    }),
  );
  return [depths, ...series] as uPlot.AlignedData;
}

function optionsFor(element: HTMLElement, unit: string): uPlot.Options {
  const [muted, rule] = [resolve(element, "var(--muted)"), resolve(element, "var(--rule)")];
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: muted,
    font,
    grid: { stroke: rule, width: 1 },
    ticks: { show: false },
    filter: (_plot, splits) => splits,
  };
  const short = new Intl.NumberFormat("en", { notation: "compact" });
  const powers = [0.01, 0.1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, distr: 3, range: [SHALLOWEST, 1_000_000] },
      y: { distr: 3, range: unit ? [0.01, 10_000] : [1, 1_000_000] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        splits: () => powers.filter((power) => power >= SHALLOWEST),
        values: (_plot, ticks) =>
          ticks.map((tick) => (tick === SHALLOWEST ? "first page" : short.format(tick))),
      },
      {
        ...axis,
        size: 60,
        splits: () => (unit ? powers.slice(0, 7) : powers.slice(2)),
        values: (_plot, ticks) => ticks.map((tick) => `${short.format(tick)}${unit}`),
      },
    ],
    series: [
      {},
      ...lanes.map((way) => {
        const stroke = resolve(element, looks[way].colour);
        const points = { show: true, size: 7, fill: stroke };
        return { label: way, stroke, points, dash: looks[way].dash, width: 1.75, spanGaps: true };
      }),
    ],
  };
}

/** A colour as the canvas wants it: tokens are light-dark() pairs until an element has one. */
function resolve(element: HTMLElement, colour: string): string {
  const before = element.style.color;
  element.style.color = colour;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

/** Counts the changes of the theme, by the switch or by the system. */
function useThemeChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", changed);
      observer.disconnect();
    };
  }, []);
  return changes;
}
