import { describe, expect, it, test } from "vitest";
import { articleLimits, mediaTypeOf } from "../contract";
import { isAccept, namedVersions, negotiate, versionNamedBy } from "./accept";

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
    // Parameters are part of the range; ours have none. Quoted commas part nothing.
    [`${v2};profile="a,b"`, undefined],
    [`${v2};profile="a,b", ${v1}`, v1],
    ["application/json;charset=utf-8, */*;q=0.1", v2],
  ])("%s → %s", (accept, gets) => {
    expect(isAccept(accept)).toBe(true);
    expect(negotiate(accept, offered)).toBe(gets);
  });

  test.each([
    "application",
    "application/",
    "/json",
    "*/json",
    "*",
    "application/json;q=2",
    "application/json;q=-1",
    "application/json;q=0.1234",
    "application/json;q=",
    "application/json;q=high",
    'application/json;q="1"',
    "application/json;q=1.001",
    "application/json; =1",
    'application/json;a="open',
    "application/json text/html",
    "application/json/x",
    "application/(json)",
    "application/jsön",
    `${json},`.repeat(articleLimits.acceptCharacters),
  ])("%s is none", (accept) => expect(isAccept(accept)).toBe(false));

  it("is looked at in linear time", () => {
    const long = "a/b;".padEnd(articleLimits.acceptCharacters - 2, " \t;");
    expect(isAccept(`${long}=`)).toBe(false);
    expect(isAccept(long)).toBe(true);
  });
});

test("an Accept names the versions it takes, known or not", () => {
  expect(namedVersions(`${v1};q=0.2, application/vnd.patternbook.v9+json, */*`)).toEqual([9, 1]);
  expect(namedVersions(`${v1};q=0, ${json}`)).toEqual([]);
});

test("a media type names a version only in full", () => {
  expect(versionNamedBy(v2)).toBe(2);
  for (const type of [`x${v2}`, `${v2}x`, json, "application/vnd.patternbook.v+json"])
    expect(versionNamedBy(type)).toBeUndefined();
});
