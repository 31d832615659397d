import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../contract";
import {
  initialState,
  KEPT_MESSAGES,
  type Outgoing,
  prepend,
  type RoomState,
  receive,
} from "./state";

const me = { userId: "user-me", name: "Ada" };
const other = { userId: "user-other", name: "Bea" };

const message = (seq: number, change: Partial<Message> = {}): Message => ({
  room: "lobby",
  seq,
  id: `id-${seq}`,
  author: other,
  text: `text ${seq}`,
  at: "2026-01-01T00:00:00.000Z",
  ...change,
});
const messages = (...seqs: number[]) => seqs.map((seq) => message(seq));
const seqs = (state: RoomState) => state.messages.map(({ seq }) => seq);
const outgoing = (id: string, change: Partial<Outgoing> = {}): Outgoing => ({
  id,
  text: "hello",
  state: "sending",
  attempts: 1,
  ...change,
});
const state = (change: Partial<RoomState> = {}): RoomState => ({ ...initialState, me, ...change });

const seq = fc.integer({ min: 1, max: 30 });
const batch = fc.record({ seqs: fc.array(seq, { maxLength: 8 }), replay: fc.boolean() });

describe("receive", () => {
  it("keeps the newest messages, so that a page that is open for long does not grow for ever", () => {
    let room = state();
    for (let n = 0; n < KEPT_MESSAGES + 500; n += 50)
      room = receive(room, messages(...Array.from({ length: 50 }, (_, i) => n + i + 1)), false);
    expect(room.messages).toHaveLength(KEPT_MESSAGES);
    expect(room.messages[0]?.seq).toBe(501);
    expect(room).toMatchObject({ offset: KEPT_MESSAGES + 500, gaps: 0, duplicates: 0 });
    // What was let go is read again from the history.
    expect(seqs(prepend(room, messages(500, 499)))).toEqual(
      Array.from({ length: KEPT_MESSAGES + 2 }, (_, i) => 499 + i),
    );
  });

  it("counts gaps, repeats and replays as a model does, for any batches", () => {
    fc.assert(
      fc.property(
        fc.array(batch, { maxLength: 12 }),
        fc.option(fc.nat({ max: 30 }), { nil: undefined }),
        (batches, offset) => {
          let room = state({ offset });
          // The model marks every number it has seen or been sent past, one by one.
          let first = offset;
          const seen = new Set<number>();
          let [duplicates, replayed, skipped] = [0, 0, 0];
          for (const { seqs, replay } of batches) {
            room = receive(room, messages(...seqs), replay);
            for (const n of seqs) {
              const last = seen.size > 0 ? Math.max(...seen) : first;
              if (last !== undefined && n <= last) {
                duplicates++;
                continue;
              }
              first ??= n - 1;
              for (let missing = (last ?? first) + 1; missing < n; missing++) skipped++;
              seen.add(n);
              if (replay) replayed++;
            }
          }
          expect(room.messages.map((m) => m.seq)).toEqual([...seen]);
          expect(room).toMatchObject({ duplicates, replayed, gaps: skipped });
          expect(room.offset).toBe(seen.size > 0 ? Math.max(...seen) : offset);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("counts nothing for what comes in order, however it is cut into batches", () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.array(fc.nat({ max: 5 })), (start, sizes) => {
        let room = state({ offset: start });
        let next = start + 1;
        for (const size of sizes) {
          const part = Array.from({ length: size }, () => next++);
          room = receive(room, messages(...part), false);
        }
        expect(room).toMatchObject({ gaps: 0, duplicates: 0, offset: next - 1 });
        expect(room.messages).toHaveLength(next - 1 - start);
      }),
    );
  });

  it("takes the first message of a first join for the beginning, not for a gap", () => {
    const room = receive(state(), messages(101, 102), true);
    expect(room).toMatchObject({ gaps: 0, duplicates: 0, replayed: 2, offset: 102 });
  });

  it("counts each number that was skipped, and each that came again", () => {
    const room = receive(state({ offset: 3 }), messages(4, 8, 8, 2, 9), false);
    expect(seqs(room)).toEqual([4, 8, 9]);
    expect(room).toMatchObject({ gaps: 3, duplicates: 2 });
  });

  it("changes nothing in place", () => {
    const before = state({ offset: 1, messages: messages(1), outgoing: [outgoing("id-2")] });
    const copy = structuredClone(before);
    receive(before, [message(2, { author: me })], false);
    expect(before).toEqual(copy);
  });

  it("takes an own message out of the outbox when it arrives, whatever its state there", () => {
    for (const change of [{}, { state: "stored", seq: 1 }, { state: "refused" }] as const) {
      const before = state({ outgoing: [outgoing("id-1", change), outgoing("id-9")] });
      const room = receive(before, [message(1, { author: me })], false);
      expect(room.outgoing).toEqual([outgoing("id-9")]);
      expect(seqs(room)).toEqual([1]);
    }
  });

  it("leaves the outbox to its owner where somebody else uses the same id", () => {
    const before = state({ outgoing: [outgoing("id-1")] });
    expect(receive(before, messages(1), false).outgoing).toEqual(before.outgoing);
    expect(receive({ ...before, me: null }, messages(1), false).outgoing).toEqual(before.outgoing);
  });

  it("shows each own message in one place: in the outbox or in the room", () => {
    const own = fc.uniqueArray(seq, { maxLength: 10 });
    fc.assert(
      fc.property(own, fc.array(batch, { maxLength: 8 }), (mine, batches) => {
        let room = state({ outgoing: mine.map((n) => outgoing(`id-${n}`)) });
        for (const { seqs, replay } of batches)
          room = receive(
            room,
            seqs.map((n) => message(n, { author: mine.includes(n) ? me : other })),
            replay,
          );
        const here = new Set(room.messages.map(({ id }) => id));
        const waiting = mine.map((n) => `id-${n}`).filter((id) => !here.has(id));
        expect(room.outgoing.map(({ id }) => id)).toEqual(waiting);
      }),
    );
  });

  it("ends the typing of whoever sent a message, and of nobody else", () => {
    const third = { userId: "user-3", name: "Cyd" };
    const before = state({ typing: [other, third], offset: 1 });
    expect(receive(before, messages(2), false).typing).toEqual([third]);
    expect(receive(before, messages(1), false).typing).toEqual([other, third]);
  });
});

describe("prepend", () => {
  it("puts a page in front in ascending order, as the history sends it or not", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8]), (page) => {
        const room = prepend(state({ messages: messages(9, 10), offset: 10 }), messages(...page));
        expect(seqs(room)).toEqual([...page.toSorted((a, b) => a - b), 9, 10]);
        expect(room.offset).toBe(10);
      }),
    );
  });

  it("takes nothing that is there already", () => {
    const before = state({ messages: messages(5, 6), offset: 6 });
    const room = prepend(prepend(before, messages(6, 5, 4, 3)), messages(4, 3, 2));
    expect(seqs(room)).toEqual([2, 3, 4, 5, 6]);
  });

  it("counts neither gaps nor repeats", () => {
    const room = prepend(state({ messages: messages(9), offset: 9 }), messages(9, 3));
    expect(room).toMatchObject({ gaps: 0, duplicates: 0, replayed: 0 });
  });

  it("keeps messages ascending and each once, together with any batches", () => {
    const page = fc.record({ before: seq, length: fc.nat({ max: 6 }) });
    const steps = fc.array(fc.oneof(batch, page), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (all) => {
        let room = receive(state(), messages(15), true);
        for (const one of all) {
          if ("seqs" in one) room = receive(room, messages(...one.seqs), one.replay);
          else {
            const newestFirst = Array.from({ length: one.length }, (_, i) => one.before - 1 - i);
            room = prepend(room, messages(...newestFirst.filter((n) => n > 0)));
          }
          expect(seqs(room)).toEqual([...new Set(seqs(room))].toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it("shows nothing twice where the page comes into an empty room: after a reset, before the join", () => {
    for (const offset of [undefined, 0, 3]) {
      const waiting = prepend(state({ offset }), messages(5, 4, 3, 2, 1));
      const rest = [1, 2, 3, 4, 5, 6].filter((n) => n > (offset ?? 0));
      const room = receive(waiting, messages(...rest), true);
      expect(seqs(room)).toEqual([...new Set(seqs(room))].toSorted((a, b) => a - b));
    }
  });
});
