import { operations } from "../../app/operations";
import { A, B, expect, test } from "../fixtures";
import { seedsFor } from "../openapi/care";
import { call, newGuest } from "../support/guest";

// What a page of another origin sees of us: nothing. And what a cache may keep of what is private: nothing.

const FOREIGN = ["http://evil.example", "null", `${A}.evil.example`, A.replace("http:", "https:")];
const allows = (headers: Headers) =>
  [...headers.keys()].filter((name) => /^access-control-allow/.test(name));

test("no operation says a word to a foreign page, nor to its preflight", async () => {
  test.slow();
  for (const { method, path } of operations) {
    const address = path.replace(/\{\w+\}/g, "none");
    for (const origin of FOREIGN) {
      const name = `${method} ${path} from ${origin}`;
      const preflight = await call(address, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": method.toUpperCase(),
          "access-control-request-headers": "authorization, content-type",
        },
      });
      expect(allows(preflight.headers), `preflight of ${name}`).toEqual([]);
      if (origin !== FOREIGN[0]) continue;
      const response = await call(address, { method: method.toUpperCase(), headers: { origin } });
      await response.body?.cancel();
      expect(allows(response.headers), name).toEqual([]);
      if (method !== "get") expect(response.status, name).toBe(403);
    }
  }
});

test("a page of our other instance is named, never a wildcard", async () => {
  for (const origin of [A, B]) {
    const { headers } = await call("/api/limits/token-bucket/state", { headers: { origin } });
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("vary")).toMatch(/(^|, )Origin(,|$)/);
  }
});

/** The same for everybody. */
const PUBLIC = /^\/api\/(openapi\.json|(\{version\}\/)?articles(\/\{id\})?)$/;

test("what depends on who asks is kept by no cache", async () => {
  const guest = await newGuest();
  for (const { path } of operations.filter(({ method }) => method === "get")) {
    const ids = await seedsFor("get", path, guest);
    const address = path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "none");
    const query = path === "/api/realtime/long-poll" ? "?timeout=1" : "";
    const leaving = new AbortController();
    const { headers } = await call(address + query, { guest, signal: leaving.signal });
    leaving.abort();
    const policy = headers.get("cache-control") ?? "";
    const isPublic = PUBLIC.test(path) && /^public\b/.test(policy);
    if (!isPublic) expect(`${path}: ${policy}`).toMatch(/no-store|private|no-cache/);
    expect(policy, path).not.toMatch(/s-maxage|immutable/);
  }
});
