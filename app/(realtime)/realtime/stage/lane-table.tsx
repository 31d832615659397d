"use client";

import type { ReactNode } from "react";
import { laneNames } from "../../contract";
import { bytes, ms } from "../client/recommend";
import type { LaneView } from "../client/view";
import { useView } from "../run-provider";
import { laneLooks } from "./lanes";

const count = (value: number) => value.toLocaleString("en");
const perEvent = ({ traffic, delivered }: LaneView) =>
  delivered > 0 ? bytes((traffic.in + traffic.out) / delivered) : "–";

const rows: [label: string, of: (lane: LaneView, hash: string | undefined) => ReactNode][] = [
  ["State", ({ status }) => status],
  ["Events", ({ delivered }) => count(delivered)],
  ["Latency p50", ({ p50 }) => ms(p50)],
  ["Latency p95", ({ p95 }) => ms(p95)],
  ["Bytes up", ({ traffic }) => bytes(traffic.in)],
  ["Bytes down", ({ traffic }) => bytes(traffic.out)],
  ["Bytes an event", perEvent],
  ["Requests", ({ requests }) => count(requests)],
  ["Empty answers", ({ empty }) => count(empty)],
  ["Lost, made again", ({ lost }) => count(lost)],
  ["Position", ({ position }) => count(position)],
  ["Hash", (_, hash) => <span className="font-mono">{hash?.slice(0, 6) ?? "–"}</span>],
];

/** The four lanes side by side. */
export function LaneTable() {
  const { lanes, agreement } = useView();
  return (
    <div className="px-4 pb-4">
      <table className="w-full table-fixed text-xs tabular-nums sm:text-[0.8125rem]">
        <caption className="sr-only">What was measured of each lane</caption>
        <thead>
          <tr className="border-rule border-b align-bottom">
            <th scope="col" className="w-[23%] py-1.5 text-left font-normal text-muted">
              <span className="sr-only">Measure</span>
            </th>
            {laneNames.map((name) => (
              <th
                key={name}
                scope="col"
                className="py-1.5 pl-1 text-right font-medium leading-tight"
              >
                <Swatch name={name} />
                {laneLooks[name].short}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, of]) => (
            <tr key={label} className="border-rule border-b last:border-0">
              <th scope="row" className="py-1 text-left font-normal text-muted leading-tight">
                {label}
              </th>
              {laneNames.map((name) => (
                <td key={name} className="py-1 pl-1 text-right">
                  {of(lanes[name], agreement.hashes[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-2 max-w-prose text-muted text-xs">
        Latency: of the last minute, from the server's making an entry to this page's taking it,
        commit included. Bytes: of the server's TCP connections, headers included. Hash: at position{" "}
        {agreement.position}.
      </p>
    </div>
  );
}

/** The line of the plot. */
function Swatch({ name }: { name: keyof typeof laneLooks }) {
  const { colour, dash } = laneLooks[name];
  return (
    <svg aria-hidden viewBox="0 0 24 4" className="mb-1 ml-auto block h-1 w-6">
      <line
        x1="0"
        y1="2"
        x2="24"
        y2="2"
        stroke={colour}
        strokeWidth="2"
        strokeDasharray={dash.join(" ")}
      />
    </svg>
  );
}
