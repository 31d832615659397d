import { once } from "node:events";
import { request as send } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHttpServer } from "./http";

const answerers = {
  lane: undefined,
  next: (_: unknown, response: { end(): void }) => response.end(),
};
const server = createHttpServer(answerers, false);
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

/** Asks with these headers, and answers the status and the request's id. */
async function ask(headers: string[], path = "/"): Promise<{ status?: number; id: unknown }> {
  const { port } = server.address() as AddressInfo;
  const request = send({ port, path, setHost: false, headers }).end();
  const [response] = await once(request, "response");
  response.resume();
  return { status: response.statusCode, id: response.headers["x-request-id"] };
}

it("has an id of a safe alphabet, whatever the client calls it", async () => {
  const latin = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f);
  const text = fc.array(latin.map((code) => String.fromCharCode(code))).map((all) => all.join(""));
  const ids = fc.oneof(
    text,
    fc.string({ minLength: 8, maxLength: 64 }),
    fc.stringMatching(/^[\w-]{1,80}$/),
  );
  await fc.assert(
    fc.asyncProperty(ids, async (given) => {
      const { status, id } = await ask(["Host", "x", "X-Request-Id", given]);
      expect(status).toBe(200);
      expect(id).toMatch(/^[\w-]{8,64}$/);
      expect(id === given).toBe(/^[\w-]{8,64}$/.test(given));
    }),
    { numRuns: 300 },
  );
});

it("takes no id of two", async () => {
  const { id } = await ask(["Host", "x", "X-Request-Id", "first-id", "X-Request-Id", "second-id"]);
  expect(["first-id", "second-id", "first-id, second-id"]).not.toContain(id);
});

it.each([
  [200, ["Host", "x"]],
  [200, ["Host", "localhost:3000"]],
  [200, ["Host", "[::1]:3000"]],
  [400, ["Host", "x", "Host", "y"]],
  [400, ["Host", "x/y"]],
  [400, ["Host", ""]],
])("answers %i to %j", async (wanted, headers) => expect((await ask(headers)).status).toBe(wanted));

it.each([
  [200, "http://x/chat?a"],
  [200, "HTTP://X"],
  [200, "https://x?a"],
  [400, "http://y/"],
  [400, "http://x:80/"],
  [400, "http://me@x/"],
  [400, "ftp://x/"],
])("answers %i to the whole address %s", async (wanted, path) =>
  expect((await ask(["Host", "x"], path)).status).toBe(wanted),
);

it.each([
  [200, "/%C3%A9?%"],
  [400, "/%"],
  [400, "/%C3"],
  [400, "/a/%c0%ae%c0%ae/b"],
])("answers %i to %s", async (wanted, path) =>
  expect((await ask(["Host", "x"], path)).status).toBe(wanted),
);

it.each([
  [200, 100],
  [431, 101],
])("answers %i to %i fields", async (wanted, count) => {
  // Node's client adds its Connection.
  const others = Array.from({ length: count - 2 }).flatMap(() => ["A", "b"]);
  expect((await ask(["Host", "x", ...others])).status).toBe(wanted);
});
