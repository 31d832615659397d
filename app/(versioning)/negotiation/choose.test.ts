import { describe, expect, it, test } from "vitest";
import { HttpError } from "@/lib/http";
import { lifeCycles, mediaTypeOf, type Version } from "../contract";
import { choose } from "./choose";

const [v1, v2, json] = [mediaTypeOf(1), mediaTypeOf(2), "application/json"];
const before = new Date("2026-10-01T00:00:00Z");
const sunset = lifeCycles[1]?.sunset as Date;

interface Asked {
  path?: Version;
  header?: string;
  accept?: string;
  now?: Date;
}
function ask({ path, header, accept, now = before }: Asked) {
  const headers = new Headers();
  if (header !== undefined) headers.set("x-api-version", header);
  if (accept !== undefined) headers.set("accept", accept);
  return choose(headers, path, now);
}
function refusal(asked: Asked) {
  try {
    ask(asked);
  } catch (error) {
    if (error instanceof HttpError) return error.problem();
    throw error;
  }
  throw new Error("It was not refused");
}

describe("one way", () => {
  test.each<[Asked, version: number, way: string, mediaType: string]>([
    [{}, 2, "default", v2],
    [{ accept: "*/*" }, 2, "default", v2],
    [{ accept: json }, 2, "default", json],
    [{ accept: v1 }, 1, "accept", v1],
    [{ accept: `${v2};q=0.3, ${v1}` }, 1, "accept", v1],
    [{ accept: `*/*, ${v2};q=0` }, 1, "default", v1],
    [{ header: "1" }, 1, "header", v1],
    [{ header: "2" }, 2, "header", v2],
    [{ header: "1", accept: json }, 1, "header", json],
    [{ path: 1 }, 1, "path", v1],
    [{ path: 2 }, 2, "path", v2],
    // Not negotiated: the address has one representation (RFC 9110, 12.5.1: Accept may be disregarded).
    [{ path: 2, accept: "text/html" }, 2, "path", v2],
    [{ path: 2, accept: "text/html, *; q=.2, */*; q=.2" }, 2, "path", v2],
    [{ path: 1, accept: "json" }, 1, "path", v1],
    [{ header: "1", accept: "application/json; charset=utf-8" }, 1, "header", json],
    [{ accept: "application/json;q=7" }, 2, "default", json],
  ])("%o", (asked, version, way, mediaType) => {
    expect(ask(asked)).toEqual({ version, way, mediaType });
  });
});

describe("ways that agree", () => {
  test.each<[Asked, number]>([
    [{ path: 1, header: "1" }, 1],
    [{ path: 1, accept: v1 }, 1],
    [{ path: 2, header: "2", accept: v2 }, 2],
    [{ header: "1", accept: `${v2}, ${v1};q=0.1` }, 1],
    [{ path: 1, accept: `${v2};q=0` }, 1],
  ])("%o", (asked, version) => expect(ask(asked).version).toBe(version));
});

describe("ways that contradict each other", () => {
  test.each<[Asked, string[]]>([
    [{ path: 1, header: "2" }, ["path", "X-API-Version"]],
    [{ path: 2, accept: v1 }, ["path", "Accept"]],
    [{ path: 1, header: "1", accept: v2 }, ["path", "X-API-Version", "Accept"]],
    [{ path: 2, header: "1", accept: v1 }, ["path", "X-API-Version", "Accept"]],
    [{ header: "1", accept: v2 }, ["X-API-Version", "Accept"]],
    [{ header: "2", accept: `${v1}, */*;q=0.1` }, ["X-API-Version", "Accept"]],
    [{ header: "2", accept: "application/vnd.patternbook.v9+json" }, ["X-API-Version", "Accept"]],
  ])("%o", (asked, ways) => {
    const problem = refusal(asked);
    expect(problem).toMatchObject({ status: 400, type: "/problems/conflicting-versions" });
    expect(Object.keys(problem.ways as object)).toEqual(ways);
  });
});

describe("what cannot be served", () => {
  const supported = [
    { version: 2, status: "current", path: "/api/v2", header: "X-API-Version: 2", accept: v2 },
    { version: 1, status: "deprecated", sunset: sunset.toISOString() },
  ];
  test.each<[Asked, number, string]>([
    [{ header: "9" }, 400, "unknown-version"],
    [{ path: 1, header: "9" }, 400, "unknown-version"],
    ...["", "v2", "2.0", "02", "-1", "0", "1, 2", "2, 2", "1e0", "99999"].map(
      (header): [Asked, number, string] => [{ header }, 400, "malformed-header"],
    ),
    [{ accept: "text/html" }, 406, "not-acceptable"],
    [{ accept: "application/vnd.patternbook.v9+json" }, 406, "not-acceptable"],
    [{ accept: `${v2};q=0` }, 406, "not-acceptable"],
    [{ header: "1", accept: "text/html" }, 406, "not-acceptable"],
  ])("%o is %i %s", (asked, status, slug) => {
    expect(refusal(asked)).toMatchObject({ status, type: `/problems/${slug}`, supported });
  });
});

describe("from the sunset on", () => {
  it("a version is no longer offered, where another will do", () => {
    expect(ask({ accept: `${v1}, ${v2};q=0.1`, now: sunset }).version).toBe(2);
    expect(ask({ accept: `*/*, ${v2};q=0`, now: sunset })).toMatchObject({ mediaType: json });
    expect(
      ask({ accept: `${v1}, ${v2};q=0.1`, now: new Date(sunset.getTime() - 1) }),
    ).toMatchObject({ version: 1 });
  });

  it("is still chosen by those who will have no other: they are told", () => {
    for (const asked of [{ accept: v1 }, { header: "1" }, { path: 1 as const }])
      expect(ask({ ...asked, now: sunset }).version).toBe(1);
  });

  it("is not in the list", () => {
    const problem = refusal({ accept: "text/html", now: sunset });
    expect(problem).toMatchObject({ supported: [{ version: 2 }] });
    expect(problem.supported).toHaveLength(1);
  });
});
