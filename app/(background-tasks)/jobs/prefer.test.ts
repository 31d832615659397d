import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobLimits } from "../contract";
import { applied, parsePrefer } from "./prefer";

const none = { respondAsync: false, wait: undefined };

describe("parsePrefer", () => {
  it("reads the examples of RFC 7240", () => {
    expect(parsePrefer("respond-async, wait=10")).toEqual({ respondAsync: true, wait: 10 });
    expect(parsePrefer("Respond-Async , WAIT = 10")).toEqual({ respondAsync: true, wait: 10 });
    expect(parsePrefer('wait="5"; soft, handling=lenient')).toEqual({ ...none, wait: 5 });
    expect(parsePrefer('foo; bar="respond-async, wait=3"')).toEqual(none);
    expect(parsePrefer("")).toEqual(none);
    expect(parsePrefer(null)).toEqual(none);
  });

  it("takes the first of one name (section 2)", () => {
    expect(parsePrefer("wait=1, wait=9").wait).toBe(1);
  });

  it("passes over what is malformed, and grants no more than the limit", () => {
    for (const text of ["wait", "wait=-1", "wait=soon", "wait=1.5", 'wait="', "=5", ",,"])
      expect(parsePrefer(text)).toEqual(none);
    expect(parsePrefer("wait=86400").wait).toBe(jobLimits.waitSeconds);
  });

  it("takes any text without failing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { wait } = parsePrefer(text);
        expect(wait === undefined || (wait >= 0 && wait <= jobLimits.waitSeconds)).toBe(true);
      }),
    );
  });
});

describe("applied", () => {
  it("names what was done, and nothing else", () => {
    expect(applied(none, false)).toBeUndefined();
    expect(applied({ respondAsync: true, wait: 3 }, false)).toBe("respond-async");
    expect(applied({ respondAsync: true, wait: 3 }, true)).toBe("respond-async, wait=3");
  });
});
