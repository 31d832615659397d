"use client";

import { Button } from "@/components/ui/button";
import { useLab, useView } from "../lab-provider";
import { Choice } from "./choice";
import { titles } from "./looks";

const numbers = (values: number[], say = String as (value: number) => string) =>
  values.map((value) => ({ value: String(value), label: say(value) }));

const algorithms = [
  { value: "all", label: "All three" },
  { value: "fixed-window", label: "Fixed" },
  { value: "sliding-window", label: "Sliding" },
  { value: "token-bucket", label: "Bucket" },
] as const;
const stores = [
  { value: "redis", label: "Redis, shared" },
  { value: "memory", label: "In process" },
] as const;

/** A burst of requests: how many, how fast, how heavy, at what. */
export function Cannon() {
  const lab = useLab();
  const { settings, busy } = useView();
  const { algorithm, store, count, perSecond, weight } = settings;
  return (
    <div className="space-y-3 border-rule border-b px-4 py-3">
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <Choice
          label="At"
          options={algorithms}
          value={algorithm}
          onChange={(value) => lab?.change({ algorithm: value })}
        />
        <Choice
          label="Counted in"
          options={stores}
          value={store}
          onChange={(value) => lab?.change({ store: value })}
        />
        <Choice
          label="Requests"
          options={numbers([1, 5, 15, 40])}
          value={String(count)}
          onChange={(value) => lab?.change({ count: Number(value) })}
        />
        <Choice
          label="A second"
          options={numbers([0, 2, 5, 20], (n) => (n === 0 ? "at once" : String(n)))}
          value={String(perSecond)}
          onChange={(value) => lab?.change({ perSecond: Number(value) })}
        />
        <Choice
          label="Weight"
          options={numbers([1, 3, 5])}
          value={String(weight)}
          onChange={(value) => lab?.change({ weight: Number(value) })}
        />
      </div>
      <Button look="solid" disabled={!lab || busy !== null} onClick={lab?.cannon}>
        {busy === "cannon"
          ? "Firing"
          : `Fire ${count} at ${algorithm === "all" ? "each of the three" : titles[algorithm].toLowerCase()}`}
      </Button>
    </div>
  );
}
