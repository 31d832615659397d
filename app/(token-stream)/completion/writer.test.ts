import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, createBatches } from "./batches";

/** A store that answers when it is told to. */
function heldStore() {
  const stored: Batch[] = [];
  const held: (() => void)[] = [];
  const write = (batch: Batch) =>
    new Promise<void>((resolve) => {
      stored.push(batch);
      held.push(resolve);
    });
  return { stored, held, write };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("batches", () => {
  it("writes a token that comes alone at once, and those of one turn together", async () => {
    const { stored, held, write } = heldStore();
    const batches = createBatches({ offset: 5, write });
    batches.add("Hello");
    await turn();
    expect(stored).toEqual([{ text: "Hello", count: 1, offset: 5 }]);
    held.shift()?.();
    await turn();
    for (const token of [", ", "wor", "ld"]) batches.add(token);
    await turn();
    expect(stored[1]).toEqual({ text: ", world", count: 3, offset: 10 });
  });

  it("gathers what comes while a batch is stored, 32 tokens at most, one write at a time", async () => {
    const { stored, held, write } = heldStore();
    const batches = createBatches({ offset: 0, write });
    batches.add("x");
    await turn();
    for (let n = 0; n < 49; n++) batches.add("x");
    await turn();
    expect(stored.map(({ count }) => count)).toEqual([1]);
    held.shift()?.();
    await turn();
    expect(stored.map(({ count }) => count)).toEqual([1, 32]);
    held.shift()?.();
    await turn();
    expect(stored.map(({ count }) => count)).toEqual([1, 32, 17]);
  });

  it("lets the provider wait when the store is far behind", async () => {
    const { stored, held, write } = heldStore();
    const batches = createBatches({ offset: 0, write });
    let added = 0;
    const adding = (async () => {
      for (; added < 1_000; added++) {
        batches.add("x");
        await batches.room();
      }
    })();
    await turn();
    expect(added).toBeLessThanOrEqual(257);
    while (added < 1_000) {
      held.shift()?.();
      await turn();
    }
    await adding;
    expect(stored.every(({ count }) => count <= 32)).toBe(true);
  });

  it("tells the next caller that a write failed, and writes no more", async () => {
    let writes = 0;
    const batches = createBatches({
      offset: 0,
      async write() {
        writes++;
        throw new Error("fenced");
      },
    });
    batches.add("a");
    await turn();
    expect(() => batches.add("b")).toThrow("fenced");
    await expect(batches.flush()).rejects.toThrow("fenced");
    expect(writes).toBe(1);
  });

  it("stores each character once, in place, and never half of one, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.array(fc.nat(12), { maxLength: 80 }),
        fc.nat(100),
        async (text, cuts, offset) => {
          const stored: Batch[] = [];
          const write = async (batch: Batch) => {
            stored.push(batch);
            await turn();
          };
          const batches = createBatches({ offset, write });
          let from = 0;
          for (const cut of cuts) {
            batches.add(text.slice(from, from + cut));
            from += cut;
          }
          batches.add(text.slice(from));
          await batches.flush();
          expect(stored.map((batch) => batch.text).join("")).toBe(text);
          let place = offset;
          for (const batch of stored) {
            expect(batch.offset).toBe(place);
            expect(batch.text.isWellFormed()).toBe(true);
            place += batch.text.length;
          }
          expect(batches.offset()).toBe(place);
        },
      ),
      { numRuns: 60 },
    );
  });
});
