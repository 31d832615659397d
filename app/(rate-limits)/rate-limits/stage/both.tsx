"use client";

import { Button } from "@/components/ui/button";
import { rateLimits } from "../../contract";
import type { Admitted } from "../client/view";
import { useLab, useView } from "../lab-provider";

const { limit } = rateLimits.playground;

/** The same burst at two instances: what each lets in by itself, and what they let in together. */
export function Both() {
  const lab = useLab();
  const { others, instance, busy, both } = useView();
  const [other] = others;
  return (
    <section aria-labelledby="both">
      <h3 id="both" className="display text-xl italic">
        Two instances, one limit
      </h3>
      <p className="mt-1 max-w-prose text-[0.8125rem] text-muted">
        {other
          ? `40 requests in a new window of 10 s, half of them at ${instance}, half at ${other.name}. The limit is ${limit}.`
          : "No other instance answers: the demo starts two of them."}
      </p>
      <Button className="mt-2" disabled={!lab || busy !== null || !other} onClick={lab?.fireAtBoth}>
        {busy === "both" ? "Waiting for a new window" : "Fire at both"}
      </Button>
      {both && (
        <table className="mt-3 w-full max-w-lg text-[0.8125rem] tabular-nums">
          <caption className="sr-only">Requests let in, by where they were counted</caption>
          <thead>
            <tr className="border-rule border-b text-left text-muted">
              <th scope="col" className="py-1 font-normal">
                Counted in
              </th>
              {Object.keys(both.redis).map((name) => (
                <th key={name} scope="col" className="py-1 text-right font-normal">
                  let in by {name}
                </th>
              ))}
              <th scope="col" className="py-1 text-right font-normal">
                together
              </th>
            </tr>
          </thead>
          <tbody>
            <Row title="each process" admitted={both.memory} />
            <Row title="Redis" admitted={both.redis} />
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ title, admitted }: { title: string; admitted: Admitted }) {
  const total = Object.values(admitted).reduce((sum, n) => sum + n, 0);
  return (
    <tr className="border-rule border-b">
      <th scope="row" className="py-1 text-left font-normal">
        {title}
      </th>
      {Object.entries(admitted).map(([name, n]) => (
        <td key={name} className="py-1 text-right">
          {n}
        </td>
      ))}
      <td className={`py-1 text-right font-medium ${total > limit ? "text-bad" : "text-good"}`}>
        {total} of {limit}
      </td>
    </tr>
  );
}
