"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { resolveColour, useThemeChanges } from "@/components/plot/theme";
import { useView } from "../board-provider";
import { bytesText } from "../client/progress";

const HEIGHT = 168;
const WINDOW_S = 120;
const MB = 1e6;

/** The memory of the process that answers, over the last two minutes. */
export function MemoryPlot() {
  const { memory } = useView();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeChanges();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas takes its colours once; a new theme is a new plot.
  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const made = new uPlot(optionsFor(element), [[], []], element);
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme is a new plot, which is empty.
  useEffect(() => {
    const end = memory.at(-1)?.at ?? 0;
    const times = memory.map(({ at }) => (at - end) / 1_000);
    plot.current?.setData([times, memory.map(({ rss }) => rss / MB)]);
  }, [memory, theme]);

  const last = memory.at(-1);
  const sizes = memory.map(({ rss }) => rss);
  const summary = last
    ? `now ${bytesText(last.rss)}, between ${bytesText(Math.min(...sizes))} and ${bytesText(Math.max(...sizes))}`
    : "not measured yet";
  return (
    <figure className="px-2 pt-3 pb-3">
      <figcaption className="px-2 text-muted text-xs tabular-nums">
        Memory of instance {last?.instance ?? "…"} (resident, MB), last two minutes: {summary}
      </figcaption>
      <div
        ref={box}
        role="img"
        aria-label={`Resident memory of the server over the last two minutes: ${summary}.`}
        style={{ height: HEIGHT }}
      />
    </figure>
  );
}

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
      // From zero: what is flat must look flat.
      y: { range: (_plot, _min, max) => [0, Math.max(400, Math.ceil((max * 1.2) / 100) * 100)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? "now" : `${tick} s`)),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      {
        label: "resident",
        stroke: resolveColour(element, "var(--accent)"),
        width: 1.75,
        points: { show: false },
      },
    ],
  };
}
