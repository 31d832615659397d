import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { keepOwnVary } from "./vary";

const next = "rsc, next-router-state-tree, next-router-prefetch, Next-Url";

/** What a client sees of the Vary that Next and a route have set. */
async function varyOf(path: string, ...set: string[]): Promise<string | null> {
  const server = createServer((_, response) => {
    keepOwnVary(response, path);
    for (const value of set) response.appendHeader("Vary", value);
    response.end("x");
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}`)).headers.get("vary");
  } finally {
    server.close();
  }
}

test.each([
  ["/api/v1/articles", [next], null],
  ["/api/articles", [next, "Accept, X-API-Version"], "Accept, X-API-Version"],
  ["/api/articles", ["Origin"], "Origin"],
  ["/api/articles", [], null],
  ["/versioning", [next], next],
])("%s with %o has %s", async (path, set, has) => expect(await varyOf(path, ...set)).toBe(has));
