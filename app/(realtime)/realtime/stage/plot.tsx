"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { resolveColour, useThemeChanges } from "@/components/plot/theme";
import { laneNames } from "../../contract";
import { ms } from "../client/recommend";
import type { Series } from "../client/series";
import { useRun, useView } from "../run-provider";
import { laneLooks } from "./lanes";

const HEIGHT = 208;
const WINDOW_S = 60;

/** The latency of each lane over the last minute, on a logarithmic scale. */
export function Plot() {
  const run = useRun();
  const view = useView();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeChanges();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes its colours once; a new theme is a new plot.
  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const made = new uPlot(optionsFor(element), empty, element);
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
  }, [theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn as often as the view changes.
  useEffect(() => {
    if (run) plot.current?.setData(run.series() as uPlot.AlignedData, false);
    plot.current?.setScale("x", { min: -WINDOW_S, max: 0 });
  }, [run, view, theme]);

  const summary = laneNames
    .map((name) => {
      const { p50, p95 } = view.lanes[name];
      return p50 === null
        ? `${laneLooks[name].short}: nothing yet`
        : `${laneLooks[name].short}: half within ${ms(p50)}, 95 % within ${ms(p95)}`;
    })
    .join("; ");

  return (
    <figure className="px-2 pt-3">
      <figcaption className="px-2 text-muted text-xs">
        Delivery latency, the slowest of each half second, last minute
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`Delivery latency of each lane over the last minute. ${summary}.`}
        style={{ height: HEIGHT }}
      />
    </figure>
  );
}

const empty: Series = [[-WINDOW_S, 0], ...laneNames.map(() => [null, null])];

function optionsFor(element: HTMLElement): uPlot.Options {
  const [muted, rule] = [
    resolveColour(element, "var(--muted)"),
    resolveColour(element, "var(--rule)"),
  ];
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: muted, font, grid: { stroke: rule, width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-WINDOW_S, 0] },
      y: { distr: 3, range: (_plot, _min, max) => [1, max > 1_000 ? 10_000 : 1_000] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? "now" : `${tick} s`)),
      },
      {
        ...axis,
        size: 54,
        splits: () => [1, 10, 100, 1_000, 10_000],
        values: (_plot, ticks) => ticks.map(ms),
      },
    ],
    series: [
      {},
      ...laneNames.map((name) => ({
        label: laneLooks[name].short,
        stroke: resolveColour(element, laneLooks[name].colour),
        dash: laneLooks[name].dash,
        width: 1.75,
        spanGaps: true,
        points: { show: false },
      })),
    ],
  };
}
