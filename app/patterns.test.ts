import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { patterns } from "./patterns";

const ready = patterns.filter((pattern) => pattern.ready);

/** Every file below a folder, relative to the repository, with forward slashes. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(entry.parentPath.replaceAll("\\", "/"), entry.name));
}

/** The module names a file imports, statically or not; aliases and relative paths resolved. */
function importsOf(file: string): string[] {
  const names = readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
  return [...names].map(([, name = ""]) => {
    if (name.startsWith("@/")) return name.slice(2);
    return name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name;
  });
}

describe.each(ready)("$slug", (pattern) => {
  test("has a README of at most 60 lines", () => {
    const lines = readFileSync(`${pattern.folder}/README.md`, "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  test("has a page where its address says", () => {
    expect(existsSync(`${pattern.folder}${pattern.page}/page.tsx`)).toBe(true);
  });

  test("has a spec", () => {
    expect(existsSync(pattern.spec)).toBe(true);
  });

  test("lists source files that exist", () => {
    expect(pattern.sources.filter((file) => !existsSync(file))).toEqual([]);
    expect(pattern.sources.length).toBeGreaterThan(0);
  });

  test("imports no other slice", () => {
    const others = patterns.filter(({ slug }) => slug !== pattern.slug).map(({ folder }) => folder);
    const strays = filesBelow(pattern.folder)
      .filter((file) => /\.(tsx?|css)$/.test(file))
      .flatMap((file) => importsOf(file).map((name) => `${file} → ${name}`))
      .filter((line) => others.some((folder) => line.includes(`→ ${folder}/`)));
    expect(strays).toEqual([]);
  });
});

test("every route group is a slice of the registry", () => {
  const groups = readdirSync("app", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith("("))
    .map((entry) => `app/${entry.name}`);
  const known = patterns.map(({ folder }) => folder);
  expect(groups.filter((group) => !known.includes(group))).toEqual([]);
});

test("slugs are one of a kind", () => {
  expect(new Set(patterns.map(({ slug }) => slug)).size).toBe(9);
});
