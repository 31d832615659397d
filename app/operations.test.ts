import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import core from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";
import { describe, expect, test } from "vitest";
import type { Handler } from "@/lib/http";
import { openApiDocument } from "@/lib/openapi/document";
import { about } from "./api/openapi.json/about";
import { operations, schemas } from "./operations";
import { patterns } from "./patterns";

const document = openApiDocument({ ...about(patterns), operations, schemas });

/** Answers whatever no other route does, and so is none. */
const CATCH_ALL = "app/api/[...missing]/route.ts";

const routes = readdirSync("app", { recursive: true, encoding: "utf8" })
  .map((file) => path.posix.join("app", file.replaceAll("\\", "/")))
  .filter((file) => file.endsWith("/route.ts") && file.includes("/api/") && file !== CATCH_ALL);

/** The address of a route's file: groups are no part of it, and `[name]` is `{name}`. */
const addressOf = (file: string) =>
  `/${path.posix.dirname(file)}`
    .replace(/^\/app/, "")
    .replace(/\/\([^)]+\)/g, "")
    .replace(/\[(\w+)\]/g, "{$1}");

/** The methods that a route's own handlers offer, as its Allow says. HEAD and OPTIONS follow. */
async function methodsOf(file: string): Promise<string[]> {
  const { OPTIONS } = (await import(pathToFileURL(file).href)) as { OPTIONS: Handler };
  const request = new Request("http://localhost/", { method: "OPTIONS" });
  const { headers } = await OPTIONS(request, { params: Promise.resolve({}) });
  const allowed = headers.get("allow")?.split(", ") ?? [];
  return allowed.filter((method) => method !== "HEAD" && method !== "OPTIONS");
}

const listed = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

describe("the document", () => {
  test.each(routes)("has an entry for each handler of %s", async (file) => {
    const offered = (await methodsOf(file)).map((method) => `${method} ${addressOf(file)}`);
    expect(offered.length).toBeGreaterThan(0);
    expect(listed.filter((one) => one.endsWith(` ${addressOf(file)}`)).sort()).toEqual(
      offered.sort(),
    );
  });

  test("has no entry without a route", () => {
    const addresses = new Set(routes.map(addressOf));
    expect(operations.map((one) => one.path).filter((one) => !addresses.has(one))).toEqual([]);
  });

  test("names the patterns as they are called", () => {
    const tags = new Set(document.tags?.map(({ name }) => name));
    expect(operations.map(({ tag }) => tag).filter((tag) => !tags.has(tag))).toEqual([]);
  });

  test("passes spectral's rules without a warning", async () => {
    const spectral = new core.Spectral();
    spectral.setRuleset({ extends: rulesets.oas as core.RulesetDefinition });
    const found = await spectral.run(JSON.parse(JSON.stringify(document)));
    expect(found.map(({ code, message, path }) => `${code}: ${message} (${path})`)).toEqual([]);
  });
});
