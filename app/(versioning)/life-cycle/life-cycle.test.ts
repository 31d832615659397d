import { parseItem } from "structured-headers";
import { describe, expect, it, test } from "vitest";
import { lifeCycles, versions } from "../contract";
import { clockOf } from "./clock";
import { addressIn, lifeCycleHeaders } from "./headers";
import { phaseOf, servedVersions } from "./phase";

const { deprecation, sunset } = lifeCycles[1] as { deprecation: Date; sunset: Date };
const justBefore = (date: Date) => new Date(date.getTime() - 1);

describe("a version", () => {
  it("is current, deprecated, and gone, each from its very instant on", () => {
    expect(phaseOf(1, justBefore(deprecation))).toBe("current");
    expect(phaseOf(1, deprecation)).toBe("deprecated");
    expect(phaseOf(1, justBefore(sunset))).toBe("deprecated");
    expect(phaseOf(1, sunset)).toBe("gone");
    expect(phaseOf(2, sunset)).toBe("current");
    expect(servedVersions(justBefore(sunset))).toEqual([2, 1]);
    expect(servedVersions(sunset)).toEqual([2]);
  });

  it("ends after it was deprecated, into one that lives on (RFC 9745, section 4)", () => {
    for (const version of versions) {
      const life = lifeCycles[version];
      if (!life) continue;
      expect(life.sunset.getTime()).toBeGreaterThan(life.deprecation.getTime());
      expect(lifeCycles[life.successor]?.sunset ?? life.sunset).toEqual(life.sunset);
    }
  });
});

describe("the headers", () => {
  const headersAt = (now: Date, address = "/api/v1/articles/7") =>
    Object.fromEntries(lifeCycleHeaders(1, now, address));

  it("say nothing before, and nothing of what has no end", () => {
    expect(headersAt(justBefore(deprecation))).toEqual({});
    expect(lifeCycleHeaders(2, sunset, "/api/v2/articles")).toEqual([]);
  });

  it("are a structured date, an HTTP-date, and three links", () => {
    const { deprecation: said, sunset: until, link } = headersAt(deprecation);
    expect(said).toBe("@1788220800");
    expect(parseItem(said as string)[0]).toEqual(deprecation);
    expect(until).toBe("Sat, 01 Sep 2029 00:00:00 GMT");
    expect(link).toBe(
      '</versioning#deprecation>; rel="deprecation"; type="text/html", ' +
        '</versioning#sunset>; rel="sunset"; type="text/html", ' +
        '</api/v2/articles/7>; rel="successor-version"; type="application/vnd.patternbook.v2+json"',
    );
  });

  test("an address that names no version is its own successor", () => {
    expect(addressIn(2, "/api/articles")).toBe("/api/articles");
    expect(addressIn(2, "/api/v1/articles")).toBe("/api/v2/articles");
    expect(headersAt(sunset, "/api/articles").link).toContain("</api/articles>; rel=");
  });
});

describe("the clock", () => {
  const at = (value: string | null, movable: boolean) =>
    clockOf(
      new Request("http://localhost", { headers: value === null ? {} : { "demo-clock": value } }),
      movable,
      () => 86_400_000,
    );

  it("is ours, unless this is a demo and the request brings its own", () => {
    const ours = { now: new Date(86_400_000), moved: false };
    expect(at(null, true)).toEqual(ours);
    expect(at("2029-09-01T00:00:00Z", false)).toEqual(ours);
    expect(at("not a time", false)).toEqual(ours);
    expect(at("2029-09-01T00:00:00Z", true)).toEqual({ now: sunset, moved: true });
  });

  test.each(["not a time", "", "2029-09-01", "1788220800", "2029-13-01T00:00:00Z"])(
    "refuses %s",
    (value) => expect(() => at(value, true)).toThrow("malformed-header"),
  );
});
