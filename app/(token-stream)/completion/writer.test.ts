import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthOf } from "./entries";
import { createWriter, type Positioned } from "./writer";

/** A store that answers when it is told to. */
function heldStore() {
  const stored: Positioned[] = [];
  const held: (() => void)[] = [];
  const write = (entry: Positioned) =>
    new Promise<void>((resolve) => {
      stored.push(entry);
      held.push(resolve);
    });
  return { stored, held, write };
}
const countsOf = (entries: Positioned[]) =>
  entries.map((entry) => ("count" in entry ? entry.count : 0));
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the writer", () => {
  it("writes a token that comes alone at once, and those of one turn together", async () => {
    const { stored, held, write } = heldStore();
    const writer = createWriter({ offset: 5, write });
    writer.add("tokens", "Hello");
    await turn();
    expect(stored).toEqual([{ type: "tokens", text: "Hello", count: 1, offset: 5 }]);
    held.shift()?.();
    await turn();
    for (const token of [", ", "wor", "ld"]) writer.add("tokens", token);
    await turn();
    expect(stored[1]).toEqual({ type: "tokens", text: ", world", count: 3, offset: 10 });
  });

  it("gathers what comes while a batch is stored, 32 tokens at most, one write at a time", async () => {
    const { stored, held, write } = heldStore();
    const writer = createWriter({ offset: 0, write });
    writer.add("tokens", "x");
    await turn();
    for (let n = 0; n < 49; n++) writer.add("tokens", "x");
    await turn();
    expect(countsOf(stored)).toEqual([1]);
    held.shift()?.();
    await turn();
    expect(countsOf(stored)).toEqual([1, 32]);
    held.shift()?.();
    await turn();
    expect(countsOf(stored)).toEqual([1, 32, 17]);
  });

  it("lets the provider wait when the store is far behind", async () => {
    const { stored, held, write } = heldStore();
    const writer = createWriter({ offset: 0, write });
    let added = 0;
    const adding = (async () => {
      for (; added < 1_000; added++) {
        writer.add("tokens", "x");
        await writer.room();
      }
    })();
    await turn();
    expect(added).toBeLessThanOrEqual(257);
    while (added < 1_000) {
      held.shift()?.();
      await turn();
    }
    await adding;
    expect(countsOf(stored).every((count) => count <= 32)).toBe(true);
  });

  it("tells the next caller that a write failed, and writes no more", async () => {
    let writes = 0;
    const writer = createWriter({
      offset: 0,
      async write() {
        writes++;
        throw new Error("fenced");
      },
    });
    writer.add("tokens", "a");
    await turn();
    expect(() => writer.add("tokens", "b")).toThrow("fenced");
    await expect(writer.flush()).rejects.toThrow("fenced");
    expect(writes).toBe(1);
  });

  it("puts another entry behind what was added before it, and says where it is", async () => {
    const { stored, held, write } = heldStore();
    const writer = createWriter({ offset: 0, write });
    writer.add("reasoning", "Let me look. ");
    const call = { type: "tool-call", id: "call-1", name: "search", input: {} } as const;
    const put = writer.put(call);
    writer.add("tokens", "Found.");
    for (let n = 0; n < 3; n++) {
      await turn();
      held.shift()?.();
      await turn();
    }
    expect(await put).toBe(13);
    expect(stored.map(({ type, offset }) => [type, offset])).toEqual([
      ["reasoning", 0],
      ["tool-call", 13],
      ["tokens", 14],
    ]);
    expect(writer.offset()).toBe(20);
  });

  it("lets tokens gather where it is told to, but never the first, and not at the end", async () => {
    const stored: Positioned[] = [];
    let release = () => {};
    const writer = createWriter({
      offset: 0,
      write: async (entry) => void stored.push(entry),
      gather: () => new Promise((resolve) => (release = resolve)),
    });
    const texts = () => stored.map((entry) => ("text" in entry ? entry.text : ""));
    writer.add("tokens", "a");
    await turn();
    await turn();
    expect(texts()).toEqual(["a"]);
    writer.add("tokens", "b");
    await turn();
    writer.add("tokens", "c");
    await turn();
    expect(texts()).toEqual(["a"]);
    release();
    await turn();
    expect(texts()).toEqual(["a", "bc"]);
    await writer.flush();
    writer.add("tokens", "d");
    release();
    await writer.flush();
    expect(texts()).toEqual(["a", "bc", "d"]);
  });

  it("rejects an entry that is put, and those that wait behind it, where a write fails", async () => {
    const writer = createWriter({ offset: 0, write: () => Promise.reject(new Error("fenced")) });
    const source = { type: "source", url: "https://a.example/", title: "A" } as const;
    const all = await Promise.allSettled([writer.put(source), writer.put(source)]);
    expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(() => writer.room()).toThrow("fenced");
  });

  it("stores each character once, in place, of its type, and never half of one, however it is cut", async () => {
    const types = fc.constantFrom("tokens" as const, "reasoning" as const);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.array(fc.record({ cut: fc.nat(12), wait: fc.boolean() }), { maxLength: 80 }),
        fc.array(types, { minLength: 81, maxLength: 81 }),
        fc.nat(100),
        async (text, cuts, kinds, offset) => {
          const stored: Positioned[] = [];
          const write = async (entry: Positioned) => {
            stored.push(entry);
            await turn();
          };
          const writer = createWriter({ offset, write });
          const wanted = { tokens: "", reasoning: "" };
          let from = 0;
          for (const [n, { cut, wait }] of cuts.entries()) {
            // A provider cuts characters within one type only.
            const end = /[\uD800-\uDBFF]$/.test(text.slice(from, from + cut)) ? cut + 1 : cut;
            const kind = kinds[n] ?? "tokens";
            const piece = text.slice(from, from + end);
            wanted[kind] += piece;
            for (const unit of piece.split("")) writer.add(kind, unit);
            from += end;
            if (wait) await turn();
          }
          wanted.tokens += text.slice(from);
          writer.add("tokens", text.slice(from));
          await writer.flush();
          const got = { tokens: "", reasoning: "" };
          let place = offset;
          for (const entry of stored) {
            expect(entry.offset).toBe(place);
            place += lengthOf(entry);
            if (entry.type !== "tokens" && entry.type !== "reasoning") continue;
            expect(entry.text.isWellFormed()).toBe(true);
            got[entry.type] += entry.text;
          }
          expect(got).toEqual(wanted);
          expect(writer.offset()).toBe(place);
        },
      ),
      { numRuns: 60 },
    );
  });
});
