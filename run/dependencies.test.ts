import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";

/** As Next brings it along: without its types. */
const semver: {
  gte(version: string, floor: string): boolean;
  satisfies(version: string, range: string): boolean;
  valid(version: string): string | null;
  minVersion(range: string): { version: string } | null;
} = createRequire(import.meta.url)("next/dist/compiled/semver");

/** The oldest Node that package.json admits. */
const NODE = "24.11.0";
/** Below these, an advisory applies to what is done here. */
const FLOORS = {
  next: "16.3.3",
  react: "19.2.6",
  "react-dom": "19.2.6",
  "socket.io-parser": "4.2.7",
  "engine.io": "6.6.9",
  ws: "8.21.0",
  inngest: "4.2.6",
};

interface Package {
  version?: string;
  resolved?: string;
  link?: boolean;
  engines?: { node?: string };
  /** Of some platforms alone, or not needed: where it does not fit, it is left out. */
  optional?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const manifest: Package & { overrides: object } = read("package.json");
const { packages } = read("package-lock.json") as { packages: Record<string, Package> };
const installed = Object.entries(packages).filter(([path]) => path !== "");

/** From a registry: a version, a range, a tag, or another name there. No address, folder or repository. */
const FROM_REGISTRY = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?[\w.^~<>=|*+ -]*$/;

describe("dependencies", () => {
  it.each(Object.entries(FLOORS))("%s is %s or newer, wherever it is installed", (name, floor) => {
    const versions = installed
      .filter(([path]) => path.endsWith(`node_modules/${name}`))
      .map(([, { version = "" }]) => version);
    expect(versions).not.toEqual([]);
    for (const version of versions) expect(semver.gte(version, floor), version).toBe(true);
  });

  it("come from a registry, whoever asks for them", () => {
    const stray = Object.entries(packages).flatMap(([path, one]) =>
      [one.dependencies, one.devDependencies, one.optionalDependencies]
        .flatMap((asked) => Object.entries(asked ?? {}))
        .filter(([, range]) => !FROM_REGISTRY.test(range))
        .map(([name, range]) => `${path || "package.json"} asks for ${name} ${range}`),
    );
    expect(stray).toEqual([]);
    const elsewhere = installed.filter(
      ([, { version, resolved, link }]) =>
        link ||
        !semver.valid(version ?? "") ||
        /^(?!https:\/\/[^/]+\/.+\.tgz$)/.test(resolved ?? "https://x/y.tgz"),
    );
    expect(elsewhere).toEqual([]);
  });

  it.each([
    "github:owner/name",
    "owner/name",
    "git+ssh://git@host/owner/name.git",
    "http://host/name.tgz",
    "https://host/name.tgz",
    "file:../name",
  ])("%s would be none", (range) => expect(FROM_REGISTRY.test(range)).toBe(false));

  it("run on the oldest Node that we promise", () => {
    expect(semver.minVersion(manifest.engines?.node ?? "")?.version).toBe(NODE);
    const newer = installed
      .filter(([, { optional }]) => !optional)
      .filter(([, { engines }]) => engines?.node && !semver.satisfies(NODE, engines.node))
      .map(([path, { engines }]) => `${path} wants ${engines?.node}`);
    expect(newer).toEqual([]);
  });
});
