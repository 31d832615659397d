import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, initialState, reduce, type TimelineState } from "./state";

const event = (id: number): Happening => ({
  kind: "event",
  event: { id, type: "note", at: "2026-01-01T00:00:00Z", payload: id },
});
const opened: Happening = { kind: "open", instance: "A" };
const live: Happening = { kind: "live" };
const lost: Happening = { kind: "lost", reconnectAt: 1, cut: true, problem: null };
const play = (happenings: Happening[], from: TimelineState = initialState) =>
  happenings.reduce(reduce, from);

describe("the timeline's state", () => {
  it("counts what was published and replayed around a cut", () => {
    const before = play([opened, { kind: "id", id: 0 }, event(1), live, event(2), lost]);
    expect(before).toMatchObject({ status: "cut", position: 2, reconnects: 1 });
    const missed = play(
      [
        { kind: "published", id: 3 },
        { kind: "published", id: 4 },
      ],
      before,
    );
    const back = play([{ kind: "connecting" }, opened, event(3), event(4), live], missed);
    expect(back).toMatchObject({ status: "live", missed: 2, replayed: 2, gaps: 0, duplicates: 0 });
    expect(back.events.map(({ id, replayed }) => [id, replayed])).toEqual([
      [4, true],
      [3, true],
      [2, false],
      [1, true],
    ]);
  });

  it("does not count as missed what came already", () => {
    const state = play([opened, live, event(1), lost, { kind: "published", id: 1 }]);
    expect(state.missed).toBe(0);
  });

  it("counts every gap and every duplicate, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (ids) => {
        const state = play([opened, ...ids.map(event)]);
        const taken = state.events.map(({ id }) => id).reverse();
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        expect(taken.length + state.duplicates).toBe(ids.length);
        const [first = 0] = taken;
        expect(state.gaps).toBe((taken.at(-1) ?? 0) - first + 1 - taken.length);
      }),
    );
  });

  it("begins anew after a reset", () => {
    const state = play([
      opened,
      live,
      event(1),
      lost,
      opened,
      { kind: "reset", oldest: 7 },
      event(7),
    ]);
    expect(state).toMatchObject({ position: 7, gaps: 0, duplicates: 0 });
    expect(state.events).toHaveLength(1);
  });
});
