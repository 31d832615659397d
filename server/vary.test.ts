import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { HouseResponse } from "./response";

const next = "rsc, next-router-state-tree, next-router-prefetch, Next-Url";

/** What a client sees of the Vary that Next and a route have set. */
async function varyOf(lane: string | null, ...set: string[]): Promise<string | null> {
  const server = createServer({ ServerResponse: HouseResponse }, (_, response) => {
    if (lane) response.setHeader("X-Lane", lane);
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
  ["next", [next], null],
  ["next", [next, "Accept, X-API-Version"], "Accept, X-API-Version"],
  ["next", ["Origin"], "Origin"],
  ["next", [], null],
  // A page.
  [null, [next], next],
])("%s with %o has %s", async (lane, set, has) => expect(await varyOf(lane, ...set)).toBe(has));
