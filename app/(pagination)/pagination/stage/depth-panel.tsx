"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { pageLimits } from "../../contract";
import { PAGE } from "../client/depth";
import { useDepth, useLive } from "../pagination-provider";
import { CostTable } from "./cost-table";
import { sortOptions } from "./drift-panel";
import { PageRows } from "./page-rows";
import { PlanTree } from "./plan-tree";
import { Plot } from "./plot";

const LAST_PAGE = pageLimits.offset / PAGE;

const measures = [
  { value: "buffers", label: "Buffers" },
  { value: "ms", label: "Time" },
  { value: "rowsScanned", label: "Rows scanned" },
] as const;
export type Measure = (typeof measures)[number]["value"];

/** What a page of the million rows costs, by its depth. */
export function DepthPanel() {
  const { live } = useLive();
  const { sort, busy, next, prev, measured, problem } = useDepth();
  const [measure, setMeasure] = useState<Measure>("buffers");
  const last = (way: "offset" | "cursor") => measured.findLast((one) => one.way === way);
  const idle = live && !busy;
  return (
    <section aria-labelledby="depth" className="rounded-md border border-rule bg-surface">
      <div className="space-y-3 border-rule border-b px-4 py-3 text-[0.8125rem]">
        <h3 id="depth" className="display text-xl">
          What it costs: a million rows, by depth
        </h3>
        <p className="max-w-prose text-muted">
          Each step runs the statements of both ways at that depth, and asks Postgres what it did.
          By offset you can jump to any page. A cursor cannot: it is made of the values of a row,
          and nobody knows those of row 900,000 who has not been there. So jump once by offset, and
          read on by cursor.
        </p>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Jump disabled={!idle} />
          <div className="flex flex-wrap gap-2">
            <Button disabled={!idle} onClick={() => live?.depth.first()}>
              First page
            </Button>
            <Button disabled={!idle || !prev} onClick={() => live?.depth.prev()}>
              Previous, by cursor
            </Button>
            <Button disabled={!idle || !next} onClick={() => live?.depth.next()}>
              Next, by cursor
            </Button>
            <Button look="solid" disabled={!idle} onClick={() => live?.depth.sweep()}>
              Measure six depths
            </Button>
          </div>
          <Segmented
            legend="Order of the catalogue"
            options={sortOptions}
            value={sort}
            onChange={(sort) => live?.depth.setSort(sort)}
          />
        </div>
        <p role="status" className="text-muted">
          {busy ? "measuring …" : `${measured.length} measurements`}
        </p>
        {problem && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
      </div>
      <div className="px-4 pt-3">
        <Segmented
          legend="What the plot shows"
          options={measures}
          value={measure}
          onChange={setMeasure}
        />
      </div>
      <Plot measure={measure} />
      <div className="grid gap-x-8 gap-y-6 px-4 pb-4 lg:grid-cols-2">
        <div className="min-w-0 space-y-4">
          <CostTable offset={last("offset")} cursor={last("cursor")} />
          <PlanTree name="By offset" measured={last("offset")} />
          <PlanTree name="By cursor" measured={last("cursor")} />
        </div>
        <PageRows />
      </div>
    </section>
  );
}

function Jump({ disabled }: { disabled: boolean }) {
  const { live } = useLive();
  const id = useId();
  const [page, setPage] = useState("45001");
  return (
    <form
      className="flex items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void live?.depth.jump(Number(page));
      }}
    >
      <label htmlFor={id} className="text-muted">
        Page
      </label>
      <input
        id={id}
        type="number"
        required
        min={1}
        max={LAST_PAGE}
        value={page}
        onChange={({ target }) => setPage(target.value)}
        className="h-8 w-24 rounded-md border border-edge bg-paper px-2 tabular-nums pointer-coarse:h-10"
      />
      <Button type="submit" disabled={disabled}>
        Jump, by offset
      </Button>
    </form>
  );
}
