import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isAllowed, licencesPage, licensed, readLock, UNSAID } from "./licences";

const all = licensed(await readLock());
const one = (name: string, licence: string) => ({ name, versions: ["1.0.0"], licence });

describe("licences", () => {
  it("are listed in docs/licences.md: `npm run licences` does it", () => {
    const page = readFileSync(new URL("../docs/licences.md", import.meta.url), "utf8");
    expect(licencesPage(all) === page, "docs/licences.md is out of date").toBe(true);
    expect(all.length).toBeGreaterThan(100);
  });

  it("are on the list of those that we can keep to", () => {
    expect(all.filter((each) => !isAllowed(each))).toEqual([]);
  });

  it.each([
    ["any", "MIT", true],
    ["any", "(AFL-2.1 OR BSD-3-Clause)", true],
    ["any", "Apache-2.0 AND MIT", true],
    ["any", "Apache-2.0 AND GPL-3.0-only", false],
    ["any", "LGPL-3.0-or-later", false],
    ["any", "unknown", false],
    ["any", "none", false],
    ["elkjs", "EPL-2.0", true],
  ])("%s under %s: %s", (name, licence, allowed) =>
    expect(isAllowed(one(name, licence))).toBe(allowed),
  );

  it("are as the package's own files say, where package-lock.json does not", () => {
    const mit = Object.keys(UNSAID).filter((name) => UNSAID[name] === "MIT");
    for (const name of mit) {
      const file = new URL(`../node_modules/${name}/LICENSE`, import.meta.url);
      expect(existsSync(file), name).toBe(true);
      expect(readFileSync(file, "utf8"), name).toMatch(/Permission is hereby\s+granted/);
    }
  });
});
