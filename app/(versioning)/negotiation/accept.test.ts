import { describe, expect, it, test } from "vitest";
import { mediaTypeOf } from "../contract";
import { namedVersions, negotiate, rangesOf, versionNamedBy } from "./accept";

const [v1, v2, json] = [mediaTypeOf(1), mediaTypeOf(2), "application/json"];
const offered = [v2, v1, json];

describe("Accept, and what it gets of version 2, version 1 and plain JSON", () => {
  test.each<[accept: string, gets: string | undefined]>([
    // Our own order, where the client has none.
    ["*/*", v2],
    ["", v2],
    [" , ,", v2],
    ["application/*", v2],
    // By name, in any case.
    [v1, v1],
    [v2, v2],
    [json, json],
    ["Application/VND.Patternbook.V1+JSON", v1],
    // By weight; without one it is 1.
    [`${v1};q=0.4, ${v2};q=0.8`, v2],
    [`${v1}, ${v2};q=0.9`, v1],
    [`${v2};q=0.001, ${v1};q=0.002`, v1],
    [`${v1} ; Q=0.5 , ${json};q=0.6`, json],
    // Equal weights: the client's order.
    [`${v1}, ${v2}`, v1],
    [`${json}, ${v2}`, json],
    // The most specific range counts for a type, wherever it stands.
    [`*/*;q=0.1, ${v1}`, v1],
    [`*/*, ${v2};q=0.2`, v1],
    [`application/*;q=0.5, */*;q=0.9, ${v1};q=0.7`, v1],
    ["application/json, text/plain, */*", json],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", v2],
    // q=0 is a refusal.
    [`${v2};q=0`, undefined],
    [`*/*, ${v2};q=0`, v1],
    [`*/*, ${v2};q=0, ${v1};q=0.0`, json],
    ["*/*;q=0", undefined],
    [`application/*;q=0, ${v1};q=0.1`, v1],
    // Several ranges, of which we know one.
    [`application/vnd.patternbook.v9+json, ${v2};q=0.5`, v2],
    [`text/html, image/*, ${v1};q=0.1`, v1],
    // What is not there.
    ["text/html", undefined],
    ["application/vnd.patternbook.v9+json", undefined],
    // No wildcard (RFC 9110, 12.5.1): a subtype of this very name.
    ["application/*+json", undefined],
    // Parameters have no effect (RFC 8259, 11; RFC 2045, 5). Quoted commas part nothing.
    ["application/json; charset=utf-8", json],
    ["application/json;charset=utf-8, */*;q=0.1", json],
    [`${v2};profile="a,b"`, v2],
    [`${v1};profile="a,${v2};q=1";q=0.1, ${json};q=0.2`, json],
    ['text/html;a="open, application/json', undefined],
    ["*/*;v=1", v2],
    // Java's, before version 9 or so, and others that weigh by their own grammar.
    ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", v2],
    [`*;q=.1, ${v1};q=.2`, v1],
    [`${v1};q=0.123456, ${v2};q=0.1234`, v1],
    [`${v1};q=1.5, ${v2};q=0.9`, v1],
    [`${v1};q="0.2", ${v2};q="0.9"`, v2],
    [`${v1};q=.0`, undefined],
    // A weight that is none does not count.
    ["application/json;q=high", json],
    ["application/json;q=", json],
    ["application/json;q=-1", json],
    // What is no range is passed over, and where none is left, nothing was said (RFC 9110, 12.1).
    [`json, */json, application/, /json, application/json/x, ${v1}`, v1],
    ["application", v2],
    ["/json", v2],
    ["application/(json)", v2],
    ["application/jsön", v2],
    ["application/json text/html", v2],
  ])("%s → %s", (accept, gets) => expect(negotiate(rangesOf(accept), offered)).toBe(gets));

  it("is read in linear time, as long as a head may be", () => {
    const long = 16_384;
    const begun = performance.now();
    for (const piece of [
      "a/b;",
      "a/b, ",
      '"',
      '"\\\\',
      '";,',
      "\t ;",
      "1",
      "*;q=",
      ";q=.",
      `${v1},`,
    ])
      for (const text of [
        piece.repeat(long / piece.length),
        `"${piece.repeat(long / piece.length)}`,
      ])
        negotiate(rangesOf(text), offered);
    rangesOf(`*;q=${"1".repeat(long)}x`);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

test("an Accept names the versions it takes, known or not", () => {
  expect(namedVersions(rangesOf(`${v1};q=.2, application/vnd.patternbook.v9+json, */*`))).toEqual([
    9, 1,
  ]);
  expect(namedVersions(rangesOf(`${v1};q=0, ${json}`))).toEqual([]);
});

test("a media type names a version only in full", () => {
  expect(versionNamedBy(v2)).toBe(2);
  for (const type of [`x${v2}`, `${v2}x`, json, "application/vnd.patternbook.v+json"])
    expect(versionNamedBy(type)).toBeUndefined();
});
