import { z } from "zod";
import { laneName, laneNames, settings } from "../../contract";
import { bytes, laneTitles, ms, type Needs, type Recommendation } from "./recommend";
import type { RunView } from "./view";

const numberOrNull = z.number().nullable();

/** A run, as it is exported. Times are milliseconds, sizes bytes. */
export const runExport = z.object({
  takenAt: z.iso.datetime(),
  instance: z.string().nullable(),
  browser: z.string(),
  seconds: z.number(),
  settings,
  pollMs: z.number(),
  clock: z.object({ offsetMs: z.number(), errorMs: z.number() }).nullable(),
  faults: z.array(z.object({ atSeconds: z.number(), what: z.string() })),
  agreement: z.object({
    position: z.number(),
    equal: z.boolean().nullable(),
    hashes: z.partialRecord(laneName, z.string()),
  }),
  lanes: z.record(
    laneName,
    z.object({
      position: z.number(),
      delivered: z.number(),
      p50: numberOrNull,
      p95: numberOrNull,
      undisturbed: z.number(),
      undisturbedP95: numberOrNull,
      bytesIn: z.number(),
      bytesOut: z.number(),
      requests: z.number(),
      empty: z.number(),
      lost: z.number(),
      gaps: z.number(),
      duplicates: z.number(),
      resets: z.number(),
    }),
  ),
  needs: z.object({
    direction: z.enum(["down", "both"]),
    rate: z.enum(["rare", "steady", "fast"]),
    budgetMs: z.number(),
    proxies: z.enum(["open", "plain"]),
  }),
  /** Null where too little was measured. */
  advice: z
    .object({ lane: laneName, rule: z.string(), reasons: z.array(z.string()) })
    .loose()
    .nullable(),
});
export type RunExport = z.infer<typeof runExport>;

export function toExport(
  view: RunView,
  needs: Needs,
  recommendation: Recommendation,
  { now = new Date(), browser = navigator.userAgent } = {},
): RunExport {
  const lanes = laneNames.map((name) => {
    const { status: _, traffic, ...figures } = view.lanes[name];
    return [name, { ...figures, bytesIn: traffic.in, bytesOut: traffic.out }];
  });
  return runExport.parse({
    takenAt: now.toISOString(),
    browser,
    instance: view.instance,
    seconds: view.seconds,
    settings: view.settings,
    pollMs: view.pollMs,
    clock: view.clock,
    faults: view.faults,
    agreement: view.agreement,
    lanes: Object.fromEntries(lanes),
    needs,
    advice: recommendation.enough ? recommendation.advice : null,
  });
}

/** The same for people. */
export function toMarkdown(run: RunExport): string {
  const { settings: asked, clock, agreement, advice } = run;
  const rows = laneNames.map((name) => {
    const { p50, p95, bytesIn, bytesOut, requests, empty, lost, delivered } = run.lanes[name];
    const cells = [ms(p50), ms(p95), bytes(bytesIn), bytes(bytesOut), requests, empty, lost];
    return `| ${[laneTitles[name], delivered, ...cells].join(" | ")} |`;
  });
  return [
    `# Four lanes, one log: ${run.takenAt}`,
    "",
    `${asked.rate} events a second of ${asked.payloadBytes} bytes for ${run.seconds.toFixed(0)} s;` +
      ` short polling every ${ms(run.pollMs)}. Instance ${run.instance ?? "–"}, ${run.browser}.`,
    clock
      ? `The server's clock is ${clock.offsetMs.toFixed(1)} ms ahead, ± ${clock.errorMs.toFixed(1)} ms.`
      : "The clocks were not compared.",
    "",
    "| lane | events | p50 | p95 | bytes up | bytes down | requests | empty | lost |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    `Latencies are those of the last minute. Bytes are those of the server's TCP connections.`,
    agreement.equal === null
      ? "The sequences could not be compared."
      : `At position ${agreement.position} the four running hashes are ${agreement.equal ? "equal" : "NOT EQUAL"}.`,
    ...run.faults.map(({ atSeconds, what }) => `- after ${atSeconds.toFixed(0)} s: ${what}`),
    "",
    ...(advice
      ? [`**${laneTitles[advice.lane]}** (${advice.rule}). ${advice.reasons.join(" ")}`]
      : ["Too little was measured for advice."]),
    "",
  ].join("\n");
}
