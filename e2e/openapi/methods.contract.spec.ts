import { operations } from "../../app/operations";
import { problemSchema } from "../../lib/problem";
import { A, expect, test } from "../fixtures";
import { call, newGuest } from "../support/guest";
import { seedsFor } from "./care";

const all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const paths = [...new Set(operations.map(({ path }) => path))];

/** What an address offers: its operations, HEAD where there is GET, and OPTIONS. */
function offeredBy(path: string): string[] {
  const own = operations.filter((one) => one.path === path).map((one) => one.method.toUpperCase());
  return all.filter(
    (method) =>
      own.includes(method) || method === "OPTIONS" || (method === "HEAD" && own.includes("GET")),
  );
}
const addressOf = (path: string, ids: Record<string, string> = {}) =>
  path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "none");

for (const path of paths)
  test(`${path} answers 405 with Allow for what it does not offer`, async () => {
    const offered = offeredBy(path);
    const options = await call(addressOf(path), { method: "OPTIONS" });
    expect(options.status).toBe(204);
    expect(options.headers.get("allow")?.split(", ").sort()).toEqual([...offered].sort());

    for (const method of all.filter((one) => !offered.includes(one))) {
      const response = await call(addressOf(path), { method });
      expect(response.status, method).toBe(405);
      expect(response.headers.get("allow"), method).toBe(options.headers.get("allow"));
      expect(response.headers.get("content-type"), method).toBe("application/problem+json");
      if (method === "HEAD") expect(await response.text()).toBe("");
      else
        expect(problemSchema.parse(await response.json()).type).toBe(
          "/problems/method-not-allowed",
        );
    }
  });

test("HEAD is answered as GET is, without content", async () => {
  const guest = await newGuest();
  for (const { path } of operations.filter(({ method }) => method === "get")) {
    const query = path === "/api/realtime/long-poll" ? "?timeout=1" : "";
    const address = addressOf(path, await seedsFor("get", path, guest)) + query;
    const [get, head] = [
      await call(address, { guest }),
      await call(address, { guest, method: "HEAD" }),
    ];
    await get.body?.cancel();
    expect(`${head.status} ${path}`).toBe(`${get.status} ${path}`);
    expect(head.headers.get("content-type"), path).toBe(get.headers.get("content-type"));
    expect(await head.text(), path).toBe("");
  }
});

for (const method of all.filter((one) => one !== "HEAD"))
  test(`${method} of what is not there is a problem that says where to look`, async () => {
    const response = await call("/api/nothing/here", { method });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("link")).toContain('</api/openapi.json>; rel="service-desc"');
    expect(problemSchema.parse(await response.json()).type).toBe("/problems/not-found");
  });

test("the document is kept, and asked about", async () => {
  const first = await fetch(new URL("/api/openapi.json", A));
  const etag = first.headers.get("etag") ?? "";
  expect(first.headers.get("cache-control")).toBe("public, no-cache");
  const again = await fetch(new URL("/api/openapi.json", A), {
    headers: { "if-none-match": etag },
  });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  const other = await fetch(new URL("/api/openapi.json", A), {
    headers: { "if-none-match": '"a"' },
  });
  expect(other.status).toBe(200);
});
