import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Person } from "../contract";
import { createRoster, type Delta, type Snapshot } from "./roster";

const SILENCE_MS = 5_000;
const rooms = ["lobby", "kitchen"];
const names = ["Ada", "Bea", "Cyd", "Dot"];
const people: Person[] = names.map((name, i) => ({ userId: `user-${i}`, name }));
const [ada, bea, cyd] = people as [Person, Person, Person];

type Word =
  | { kind: "delta"; delta: Delta }
  | { kind: "beat"; version: number }
  | { kind: "ask" }
  | { kind: "snapshot"; snapshot: Snapshot };
interface Letter {
  from: number;
  to: number;
  word: Word;
}

/** Instances that tell each other what changes, over a channel that the test decides about. */
function network(size: number) {
  const rosters = Array.from({ length: size }, () => createRoster(SILENCE_MS));
  const letters: Letter[] = [];
  /** Sockets of each person, by instance, room and user. */
  const truth = new Map<string, number>();
  const of = (instance: number) => rosters[instance] as ReturnType<typeof createRoster>;

  function tell(from: number, word: Word): void {
    for (let to = 0; to < size; to++) if (to !== from) letters.push({ from, to, word });
  }

  function hear({ from, to, word }: Letter): void {
    const name = String(from);
    if (word.kind === "ask") tell(to, { kind: "snapshot", snapshot: of(to).snapshot() });
    else if (word.kind === "snapshot") of(to).applySnapshot(name, word.snapshot, 0);
    else if (word.kind === "delta" && of(to).applyDelta(name, word.delta, 0)) return;
    else if (word.kind === "delta" || !of(to).heard(name, word.version, 0))
      tell(to, { kind: "ask" });
  }

  return {
    of,
    letters,
    move(instance: number, room: string, who: Person, comes: boolean): void {
      const key = `${instance} ${room} ${who.userId}`;
      const sockets = truth.get(key) ?? 0;
      truth.set(key, Math.max(0, sockets + (comes ? 1 : -1)));
      const delta = comes ? of(instance).join(room, who) : of(instance).leave(room, who.userId);
      if (delta) tell(instance, { kind: "delta", delta });
    },
    beat: (from: number) => tell(from, { kind: "beat", version: of(from).version() }),
    /** Something happens to a letter on its way; any may overtake any other. */
    carry(at: number, fate: "arrives" | "is lost" | "comes twice"): void {
      const index = at % Math.max(letters.length, 1);
      const letter = letters[index];
      if (!letter) return;
      if (fate !== "comes twice") letters.splice(index, 1);
      if (fate !== "is lost") hear(letter);
    },
    /** Everything arrives, in any order, and what that causes as well. */
    settle(order: (waiting: number) => number): void {
      while (letters.length > 0) this.carry(order(letters.length), "arrives");
    },
    truth: (room: string) =>
      people
        .filter(({ userId }) =>
          rosters.some((_, i) => (truth.get(`${i} ${room} ${userId}`) ?? 0) > 0),
        )
        .toSorted((a, b) => a.name.localeCompare(b.name)),
  };
}

const instance = fc.nat({ max: 3 });
const step = fc.oneof(
  fc.record({
    do: fc.constant("move" as const),
    instance,
    room: fc.constantFrom(...rooms),
    who: fc.constantFrom(...people),
    comes: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("carry" as const),
    at: fc.nat(),
    fate: fc.constantFrom("arrives" as const, "is lost" as const, "comes twice" as const),
  }),
  fc.record({ do: fc.constant("beat" as const), instance }),
);

describe("rosters of several instances", () => {
  it("agree on everyone who is there once the channel holds, whatever it lost, doubled or mixed up", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.array(fc.nat()), (steps, orders) => {
        const net = network(4);
        let turn = 0;
        const order = (waiting: number) => (orders[turn++ % (orders.length || 1)] ?? 0) % waiting;
        for (const s of steps) {
          if (s.do === "move") net.move(s.instance, s.room, s.who, s.comes);
          else if (s.do === "carry") net.carry(s.at, s.fate);
          else net.beat(s.instance);
        }
        net.settle(order);
        // One beat of each tells who missed something; a snapshot brings it.
        for (let i = 0; i < 4; i++) net.beat(i);
        net.settle(order);
        for (let i = 0; i < 4; i++)
          for (const room of rooms)
            expect(net.of(i).people(room), `instance ${i}, ${room}`).toEqual(net.truth(room));
      }),
      { numRuns: 300 },
    );
  });

  it("agree without any snapshot where nothing was lost", () => {
    const net = network(2);
    for (const i of [0, 1]) net.beat(i);
    net.settle(() => 0);
    net.move(0, "lobby", ada, true);
    net.move(0, "lobby", bea, true);
    net.move(0, "lobby", ada, false);
    expect(net.letters.map(({ word }) => word.kind)).toEqual(["delta", "delta", "delta"]);
    net.settle(() => 0);
    expect(net.of(1).people("lobby")).toEqual([bea]);
  });
});

describe("what one instance knows of another", () => {
  const snapshot = (version: number, who: Person[]): Snapshot => ({
    version,
    rooms: [["lobby", who]],
  });
  const came = (version: number, who: Person): Delta => ({ version, room: "lobby", ...who });

  it("takes no change before it knows the whole", () => {
    const roster = createRoster(SILENCE_MS);
    expect(roster.applyDelta("B", came(1, ada), 0)).toBe(false);
    expect(roster.people("lobby")).toEqual([]);
    expect(roster.heard("B", 0, 0)).toBe(false);
  });

  it("takes the next change only: one that came before, or after a missing one, is refused", () => {
    const roster = createRoster(SILENCE_MS);
    roster.applySnapshot("B", snapshot(7, [ada]), 0);
    for (const version of [0, 6, 7, 9]) {
      expect(roster.applyDelta("B", came(version, cyd), 0)).toBe(false);
      expect(roster.people("lobby")).toEqual([ada]);
    }
    expect(roster.applyDelta("B", came(8, bea), 0)).toBe(true);
    expect(roster.people("lobby")).toEqual([ada, bea]);
    expect(roster.heard("B", 8, 0)).toBe(true);
    expect(roster.heard("B", 9, 0)).toBe(false);
  });

  it("names every room whose people may be others now", () => {
    const roster = createRoster(SILENCE_MS);
    expect([...roster.applySnapshot("B", snapshot(1, [ada]), 0)]).toEqual(["lobby"]);
    const moved: Snapshot = { version: 2, rooms: [["kitchen", [ada]]] };
    expect([...roster.applySnapshot("B", moved, 0)].toSorted()).toEqual(["kitchen", "lobby"]);
    expect([...roster.forget("B")]).toEqual(["kitchen"]);
    expect([...roster.forget("B")]).toEqual([]);
  });

  it("keeps nothing of a room that everybody left", () => {
    const roster = createRoster(SILENCE_MS);
    roster.applySnapshot("B", { version: 0, rooms: [] }, 0);
    roster.applyDelta("B", came(1, ada), 0);
    roster.applyDelta("B", { ...came(2, ada), name: null }, 0);
    expect(roster.people("lobby")).toEqual([]);
    expect([...roster.forget("B")]).toEqual([]);
  });

  it("vanishes with an instance that is silent, and with that one alone", () => {
    const roster = createRoster(SILENCE_MS);
    roster.join("lobby", ada);
    roster.applySnapshot("B", snapshot(1, [bea]), 1_000);
    roster.applySnapshot("C", snapshot(1, [cyd]), 1_000);
    roster.heard("C", 1, 3_000);
    expect(roster.silent(1_000 + SILENCE_MS)).toEqual([]);
    expect(roster.silent(1_001 + SILENCE_MS)).toEqual(["B"]);
    expect([...roster.forget("B")]).toEqual(["lobby"]);
    expect(roster.people("lobby")).toEqual([ada, cyd]);
    expect(roster.silent(3_001 + SILENCE_MS)).toEqual(["C"]);
  });

  it("is alive by whatever is heard: a beat, a change, a snapshot", () => {
    const heardBy: ((roster: ReturnType<typeof createRoster>, now: number) => unknown)[] = [
      (roster, now) => roster.heard("B", 1, now),
      (roster, now) => roster.heard("B", 99, now),
      (roster, now) => roster.applyDelta("B", came(2, ada), now),
      (roster, now) => roster.applySnapshot("B", snapshot(5, []), now),
    ];
    for (const hear of heardBy) {
      const roster = createRoster(SILENCE_MS);
      roster.applySnapshot("B", snapshot(1, [bea]), 0);
      hear(roster, 4_000);
      expect(roster.silent(4_000 + SILENCE_MS)).toEqual([]);
      expect(roster.silent(4_001 + SILENCE_MS)).toEqual(["B"]);
    }
  });
});

describe("the people of a room", () => {
  it("hold somebody with three tabs once, until the last is closed", () => {
    const roster = createRoster(SILENCE_MS);
    expect(roster.join("lobby", ada)).toEqual({ version: 1, room: "lobby", ...ada });
    expect(roster.join("lobby", ada)).toBeNull();
    expect(roster.join("lobby", ada)).toBeNull();
    expect(roster.people("lobby")).toEqual([ada]);
    expect(roster.leave("lobby", ada.userId)).toBeNull();
    expect(roster.leave("lobby", ada.userId)).toBeNull();
    expect(roster.people("lobby")).toEqual([ada]);
    const left = { version: 2, room: "lobby", userId: ada.userId, name: null };
    expect(roster.leave("lobby", ada.userId)).toEqual(left);
    expect(roster.people("lobby")).toEqual([]);
  });

  it("hold somebody with tabs on three instances once, until the last is closed", () => {
    const net = network(3);
    for (const i of [0, 1, 2]) net.beat(i);
    net.settle(() => 0);
    const everywhere = () => [0, 1, 2].map((i) => net.of(i).people("lobby").length);
    for (const i of [0, 1, 2]) net.move(i, "lobby", ada, true);
    net.settle(() => 0);
    expect(everywhere()).toEqual([1, 1, 1]);
    for (const i of [2, 0]) net.move(i, "lobby", ada, false);
    net.settle(() => 0);
    expect(everywhere()).toEqual([1, 1, 1]);
    net.move(1, "lobby", ada, false);
    net.settle(() => 0);
    expect(everywhere()).toEqual([0, 0, 0]);
  });

  it("lose nobody to somebody who leaves without having been there", () => {
    const roster = createRoster(SILENCE_MS);
    expect(roster.leave("lobby", ada.userId)).toBeNull();
    roster.join("lobby", ada);
    expect(roster.leave("lobby", bea.userId)).toBeNull();
    expect(roster.leave("kitchen", ada.userId)).toBeNull();
    expect(roster.people("lobby")).toEqual([ada]);
    expect(roster.version()).toBe(1);
  });

  it("stand in the order of names, namesakes side by side", () => {
    const roster = createRoster(SILENCE_MS);
    const twin = { userId: "user-9", name: "Ada" };
    for (const who of [cyd, twin, bea, ada]) roster.join("lobby", who);
    expect(roster.people("lobby")).toEqual([ada, twin, bea, cyd]);
  });

  it("bear the name they came with last", () => {
    const roster = createRoster(SILENCE_MS);
    const renamed = { ...ada, name: "Ada L." };
    roster.join("lobby", ada);
    expect(roster.join("lobby", renamed)).toEqual({ version: 2, room: "lobby", ...renamed });
    expect(roster.people("lobby")).toEqual([renamed]);
    expect(roster.snapshot()).toEqual({ version: 2, rooms: [["lobby", [renamed]]] });
    expect(roster.leave("lobby", ada.userId)).toBeNull();
    expect(roster.people("lobby")).toEqual([renamed]);
  });

  it("are told in a snapshot that no later change alters", () => {
    const roster = createRoster(SILENCE_MS);
    roster.join("lobby", ada);
    const snapshot = roster.snapshot();
    roster.join("lobby", bea);
    roster.leave("lobby", ada.userId);
    expect(snapshot).toEqual({ version: 1, rooms: [["lobby", [ada]]] });
  });
});
