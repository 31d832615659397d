import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpError } from "./http";
import { encodeComment, encodeEvent, parseLastEventId, type SseEvent } from "./sse";
import { createSseParser, type ParsedEvent } from "./sse-parser";

/** What a client makes of these bytes, cut into pieces anywhere. */
function parse(bytes: Uint8Array, cuts: number[] = []): ParsedEvent[] {
  const events: ParsedEvent[] = [];
  const parser = createSseParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  edges.sort((a, b) => a - b);
  for (const [index, edge] of edges.entries())
    parser.feed(decoder.decode(bytes.subarray(edge, edges[index + 1]), { stream: true }));
  return events;
}

const encode = (text: string) => new TextEncoder().encode(text);

/** Text in which whatever could break a frame is frequent. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...["\r", "\n", "\r\n", "\0", "\u2028", "\u2029", "\u0085", "\ufeff", "\ud800", "\udc00"],
        ...["data:", "id: 7", "event: forged", "retry: 1", ":", " ", "", "x", "\n\n", "\r\r"],
      ),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const oneLine = nasty.map((text) => text.replace(/[\r\n\0]/g, ""));
const asReceived = (text: string) => text.toWellFormed().replace(/\r\n|\r/g, "\n");

describe("encodeEvent", () => {
  it("writes the fields in the order in which a client should take them over", () => {
    const event = { id: 7, event: "note", data: "one\ntwo", retry: 1_500 };
    expect(encodeEvent(event)).toBe("retry: 1500\nid: 7\nevent: note\ndata: one\ndata: two\n\n");
  });

  it("keeps each of any events one event, with what was put in", () => {
    const event = fc.record({ id: oneLine, event: oneLine, data: nasty });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), fc.array(fc.nat()), (given, cuts) => {
        const text = given.map((one) => encodeEvent(one) + encodeComment(one.data)).join("");
        const expected = given.map(({ id, event, data }) => ({
          id: asReceived(id),
          event: asReceived(event) || "message",
          data: asReceived(data),
        }));
        expect(parse(encode(encodeComment() + text), cuts)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("refuses an id, a name and a retry that would break out of their line", () => {
    const bad: SseEvent[] = [
      ...["a\nb", "a\rb", "a\0b"].flatMap((text) => [{ id: text }, { event: text }]),
      ...[-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((retry) => ({ retry })),
    ];
    for (const event of bad) expect(() => encodeEvent(event)).toThrow(TypeError);
  });

  it("makes comments of which no client sees anything", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(parse(encode(`${encodeComment(text)}\n`))).toEqual([]);
      }),
    );
  });

  it("moves the position without an event where there is no data", () => {
    expect(parse(encode(`${encodeEvent({ id: 41 })}data: x\n\n`))).toEqual([
      { id: "41", event: "message", data: "x" },
    ]);
  });
});

describe("parseLastEventId", () => {
  it("takes a position, or none", () => {
    expect([null, "", "0", "41"].map(parseLastEventId)).toEqual([undefined, undefined, 0, 41]);
  });

  it("refuses everything else with 400", () => {
    for (const bad of ["-1", "1.5", "1e3", "0x10", " 1", "NaN", "abc", "9007199254740993", "1,2"])
      expect(() => parseLastEventId(bad)).toThrow(HttpError);
  });
});
