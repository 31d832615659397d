"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { type AlgorithmName, algorithmNames } from "../../contract";
import { nothingYet, type Obedience } from "../client/honest";
import { useLab, useView } from "../lab-provider";
import { Choice } from "./choice";
import { time, titles } from "./looks";

const options = algorithmNames.map((value) => ({ value, label: titles[value] }));
const weights = [1, 3].map((weight) => ({ value: String(weight), label: String(weight) }));
const mean = (list: readonly number[]) => list.reduce((sum, n) => sum + n, 0) / list.length;

const rows: [label: string, of: (seen: Obedience) => string][] = [
  ["Let in", ({ admitted }) => String(admitted)],
  ["Waits", ({ waits }) => String(waits)],
  [
    "Success after the wait",
    ({ waits, succeeded }) => (waits ? `${Math.round((succeeded / waits) * 100)} %` : "–"),
  ],
  ["Told to wait, on average", ({ waits, toldMs }) => (waits ? time(toldMs / waits) : "–")],
  [
    "Waited too long, on average",
    ({ tooLongMs }) => (tooLongMs.length ? time(mean(tooLongMs)) : "–"),
  ],
];

/** Two clients that do as they are told to the millisecond: one by our Retry-After, one by `reset`. */
export function Honesty() {
  const lab = useLab();
  const { busy, honesty } = useView();
  const [algorithm, setAlgorithm] = useState<AlgorithmName>("sliding-window");
  const [weight, setWeight] = useState("1");
  const lanes = [honesty?.redis ?? nothingYet, honesty?.stock ?? nothingYet];
  return (
    <section aria-labelledby="honesty">
      <h3 id="honesty" className="display text-xl italic">
        The honesty meter
      </h3>
      <p className="mt-1 max-w-prose text-[0.8125rem] text-muted">
        Two clients ask for 25 s and wait, to the millisecond, as long as they are told: one by our
        Retry-After, one by the <code>reset</code> of @upstash/ratelimit as it comes.
      </p>
      <div className="mt-2 flex flex-wrap items-end gap-x-6 gap-y-3">
        <Choice label="Algorithm" options={options} value={algorithm} onChange={setAlgorithm} />
        <Choice
          label="Weight of each request"
          options={weights}
          value={weight}
          onChange={setWeight}
        />
        <Button
          disabled={!lab || busy !== null}
          onClick={() => lab?.runHonesty(algorithm, Number(weight))}
        >
          {busy === "honesty" ? "Running" : "Run both clients"}
        </Button>
      </div>
      <table className="mt-3 w-full max-w-lg text-[0.8125rem] tabular-nums">
        <caption className="sr-only">What two obedient clients have seen</caption>
        <thead>
          <tr className="border-rule border-b text-muted">
            <td />
            <th scope="col" className="py-1 text-right font-normal">
              our Retry-After
            </th>
            <th scope="col" className="py-1 pl-2 text-right font-normal">
              the library’s reset
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, of]) => (
            <tr key={label} className="border-rule border-b">
              <th scope="row" className="py-1 text-left font-normal text-muted">
                {label}
              </th>
              {lanes.map((seen, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two lanes, always the same.
                <td key={i} className="py-1 pl-2 text-right">
                  {of(seen)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
