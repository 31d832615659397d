import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LaneName, laneNames } from "../../contract";
import { bytes, type Measured, ms, type Needs, recommend, rules } from "./recommend";

const lane = (p95: number, bytesPerEvent: number): Measured => ({
  ...{ undisturbed: 100, p95, bytesPerEvent, bytesPerRequest: 800, requestsPerEvent: 0.5 },
});
const measured: Record<LaneName, Measured> = {
  websocket: lane(12, 300),
  sse: lane(14, 310),
  "long-poll": lane(22, 1_400),
  poll: lane(1_900, 450),
};
const needs: Needs = { direction: "down", rate: "steady", budgetMs: 1_000, proxies: "open" };

function adviceFor(change: Partial<Needs>, lanes = measured) {
  const answer = recommend({ ...needs, ...change }, lanes, 2_000);
  if (!answer.enough) throw new Error("not enough");
  return answer.advice;
}

describe("the recommendation", () => {
  it.each<[string, Partial<Needs>, LaneName]>([
    ["both ways", { direction: "both" }, "websocket"],
    ["one way", {}, "sse"],
    ["one way, fast and prompt", { rate: "fast", budgetMs: 100 }, "sse"],
    ["plain HTTP", { proxies: "plain" }, "long-poll"],
    ["plain HTTP, both ways", { proxies: "plain", direction: "both" }, "long-poll"],
    ["rare and patient", { rate: "rare", budgetMs: 10_000 }, "poll"],
    ["rare, but sooner than the poll was", { rate: "rare", budgetMs: 1_000 }, "sse"],
    ["rare, sooner, plain HTTP", { rate: "rare", proxies: "plain" }, "long-poll"],
  ])("%s: by the cheat sheet", (_, change, expected) => {
    const advice = adviceFor(change);
    expect(advice).toMatchObject({ lane: expected, rule: rules[expected], meetsBudget: true });
    expect(advice.others).toHaveLength(3);
  });

  it("follows the numbers: a lane that was too slow is passed over, and it says why", () => {
    const slow = { ...measured, sse: lane(1_500, 310) };
    const advice = adviceFor({}, slow);
    expect(advice.lane).toBe("websocket");
    expect(advice.reasons.join(" ")).toContain("12 ms");
    expect(advice.others.find(({ lane: other }) => other === "sse")?.because).toContain("1.5 s");
  });

  it("names the fastest, and admits it, where none is fast enough", () => {
    const advice = adviceFor({ budgetMs: 10 });
    expect(advice).toMatchObject({ lane: "websocket", meetsBudget: false });
    expect(advice.reasons[0]).toContain("No possible lane");
  });

  it("advises nothing before each lane has enough", () => {
    const few = { ...measured, poll: { ...measured.poll, undisturbed: 9 } };
    expect(recommend(needs, few, 2_000)).toEqual({ enough: false, missing: ["poll"] });
  });

  it("never takes what the proxies forbid, nor what was too slow while another was not", () => {
    const p95 = fc.integer({ min: 1, max: 20_000 });
    const anyNeeds = fc.record({
      direction: fc.constantFrom("down" as const, "both" as const),
      rate: fc.constantFrom("rare" as const, "steady" as const, "fast" as const),
      budgetMs: fc.constantFrom(100, 1_000, 10_000),
      proxies: fc.constantFrom("open" as const, "plain" as const),
    });
    fc.assert(
      fc.property(anyNeeds, fc.tuple(p95, p95, p95, p95), (any, times) => {
        const lanes = Object.fromEntries(
          laneNames.map((name, i) => [name, lane(times[i] ?? 0, 1)]),
        );
        const advice = adviceFor(any, lanes as typeof measured);
        const possible = any.proxies === "plain" ? ["long-poll", "poll"] : laneNames;
        expect(possible).toContain(advice.lane);
        const within = possible.some((name) => (lanes[name]?.p95 ?? 0) <= any.budgetMs);
        expect(advice.meetsBudget).toBe(within);
        expect((lanes[advice.lane]?.p95 ?? 0) <= any.budgetMs).toBe(within);
      }),
    );
  });
});

describe("numbers for people", () => {
  it("have the unit that fits", () => {
    expect([0.44, 9.04, 74.6, 1_000, 1_234, 123_456].map(ms)).toEqual([
      ...["0.4 ms", "9 ms", "75 ms", "1 s", "1.2 s", "123 s"],
    ]);
    expect([12.4, 9_999, 60_700, 8_340_000].map(bytes)).toEqual([
      ...["12 B", "9,999 B", "60.7 kB", "8.3 MB"],
    ]);
    expect([ms(null), bytes(null)]).toEqual(["–", "–"]);
  });
});
