import { describe, expect, it } from "vitest";
import type { Sample } from "../suite.ts";
import { measure } from "./measure.ts";

/** Answers its samples one by one. */
const saying = (...samples: Sample[]) => {
  let next = 0;
  return async () => samples[next++ % samples.length] as Sample;
};
/** Takes what a subject says as it is, its generator included. */
const asSaid = async (work: () => Promise<Sample | undefined>) => (await work()) as Sample;
const units = { time: "ms" };

describe("a workload", () => {
  it("makes ratios within a round, and judges their median", async () => {
    const { ratios } = await measure(
      {
        name: "w",
        units,
        subjects: {
          ours: saying({ time: 1 }, { time: 20 }, { time: 3 }),
          theirs: saying({ time: 2 }, { time: 20 }, { time: 3 }),
        },
        ratios: [
          { figure: "time", of: "ours", to: "theirs", atMost: 1, stretch: 0.6 },
          { figure: "time", of: "ours", to: "theirs", atMost: 0.9 },
        ],
      },
      3,
      asSaid,
    );
    expect(ratios.map(({ median, min, max }) => [median, min, max])).toEqual([
      [1, 0.5, 1],
      [1, 0.5, 1],
    ]);
    expect(ratios.map(({ reached, stretched }) => [reached, stretched])).toEqual([
      [true, false],
      [false, undefined],
    ]);
  });

  it("takes a figure below zero for one that is at most something", async () => {
    const targets = [{ figure: "drift", of: "ours", atMost: 33 }];
    const subjects = { ours: saying({ drift: -5 }) };
    const { ratios } = await measure({ name: "w", units, subjects, targets }, 2, asSaid);
    expect(ratios[0]?.reached).toBe(true);
  });

  it("leaves out ratios to a peer that is not there", async () => {
    const subjects = { ours: saying({ time: 1 }) };
    const ratios = [{ figure: "time", of: "ours", to: "FastAPI", atMost: 1 }];
    expect((await measure({ name: "w", units, subjects, ratios }, 2, asSaid)).ratios).toEqual([]);
  });

  it("is void in the rounds in which the generator was the slow one", async () => {
    const busy = { time: 100, generator: 99 };
    const workload = (...ours: Sample[]) => ({
      name: "w",
      units,
      subjects: { ours: saying(...ours), theirs: saying({ time: 1, generator: 10 }) },
      ratios: [{ figure: "time", of: "ours", to: "theirs", atMost: 2 }],
    });
    const calm = { time: 1, generator: 10 };
    const once = await measure(workload(calm, busy, calm, calm), 4, asSaid);
    expect(once.voided).toEqual({ ours: 1 });
    expect(once.ratios[0]).toMatchObject({ max: 1, reached: true });
    const mostly = await measure(workload(busy, busy, calm, busy), 4, asSaid);
    expect(mostly.voided).toEqual({ ours: 3 });
    expect(mostly.ratios[0]?.reached).toBeUndefined();
    expect(mostly.ratios[0]?.median).toBeUndefined();
  });
});
