import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeComment, encodeEvent } from "./sse";
import { createSseParser } from "./sse-parser";

const parts = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\u2028",
  "\ufeff",
  "\ud800",
  "data: x",
  "id: 7",
  ":",
  " ",
  "x",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "binary", maxLength: 6 })))
  .map((pieces) => pieces.join(""));
const oneLine = hostile.map((text) => text.replace(/[\r\n\0]/g, ""));

it("is read alike by eventsource-parser and by ours, wherever it is cut", () => {
  const event = fc.record({ id: oneLine, event: oneLine, data: hostile });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), fc.array(fc.nat()), (given, cuts) => {
      const text =
        encodeComment() + given.map((one) => encodeEvent(one) + encodeComment(one.data)).join("");
      const ours: unknown[] = [];
      const theirs: unknown[] = [];
      const parser = createSseParser({ onEvent: (one) => ours.push(one) });
      const peer = createParser({
        onEvent: ({ id = "", event = "message", data }) => theirs.push({ id, event, data }),
      });
      const edges = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length];
      edges.sort((a, b) => a - b);
      for (const [index, edge] of edges.entries()) {
        const piece = text.slice(edge, edges[index + 1]);
        parser.feed(piece);
        peer.feed(piece);
      }
      expect(theirs).toEqual(ours);
      expect(theirs).toHaveLength(given.length);
    }),
    { numRuns: 2_000 },
  );
});
