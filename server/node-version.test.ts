import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeComplaint, OLDEST_NODE } from "./node-version";

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const manifest = JSON.parse(read("package.json"));

describe("the version of Node", () => {
  it.each(["24.11.0", "24.21.0", "25.0.0", "26.1.0"])("%s is new enough", (version) => {
    expect(nodeComplaint(version)).toBeUndefined();
  });

  it.each(["18.20.4", "20.19.0", "22.23.1", "24.0.0", "24.10.9"])(
    "%s is too old, and one line says what is needed",
    (version) => {
      expect(nodeComplaint(version)).toMatch(/^[^\n]*24\.11\.0 or newer[^\n]*$/);
      expect(nodeComplaint(version)).toContain(version);
    },
  );

  it("is the same wherever it is written", () => {
    expect(manifest.engines.node).toBe(`>=${OLDEST_NODE}`);
    expect(read(".nvmrc").trim()).toBe("24");
    expect(read("Dockerfile").match(/^FROM node:\S+/gm)).toEqual([
      "FROM node:24-bookworm-slim",
      "FROM node:24-bookworm-slim",
    ]);
    expect(nodeComplaint(manifest.devDependencies.node)).toBeUndefined();
    expect(manifest.devDependencies["@types/node"]).toMatch(/^\^24\./);
    expect(read("run/build.ts")).toContain('target: "node24"');
  });
});
