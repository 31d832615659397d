import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { complaints } from "./variables";

describe("the variables of a command", () => {
  it("may all be absent, or empty", () => {
    expect(complaints({})).toEqual([]);
    expect(complaints({ PORT: "", INSTANCES: "", DATABASE_URL: "" })).toEqual([]);
  });

  it("are listed by name, all at once, with an example, and never with their value", () => {
    const lines = complaints({
      DATABASE_URL: "nonsense-hunter2",
      PORT: "abc",
      INSTANCES: "27",
      LOG_LEVEL: "loud",
      SESSION_SECRET: "hunter2",
    });
    const named = lines.map(
      (line) => /^ {2}([A-Z_]+) is not valid: .*Example: \1=/.exec(line)?.[1],
    );
    expect(named.toSorted()).toEqual([
      "DATABASE_URL",
      "INSTANCES",
      "LOG_LEVEL",
      "PORT",
      "SESSION_SECRET",
    ]);
    expect(lines.join()).not.toContain("hunter2");
  });

  it("leave a port for each instance", () => {
    expect(complaints({ PORT: "65535", INSTANCES: "2" })).toEqual([
      expect.stringContaining("PORT leaves no room"),
    ]);
    expect(complaints({ PORT: "65534", INSTANCES: "2" })).toEqual([]);
  });
});

/** What npm scripts run of ours. */
const scripts: Record<string, string> = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).scripts;

describe("npm scripts", () => {
  const ours = Object.entries(scripts).filter(([, script]) => /\.ts\b/.test(script));

  it.each(ours)(
    "%s makes what it needs before it is loaded, and leaves no shell above it",
    (_, script) => {
      expect(script).toMatch(/^exec node --import \.\/run\/prepare\.mjs \S+\.ts( \w+)?$/);
    },
  );

  it("start replaces its shell, too", () => expect(scripts.start).toMatch(/&& exec node \S+$/));
  it("are more than ten", () => expect(ours.length).toBeGreaterThan(10));
});
