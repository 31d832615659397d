import { once } from "node:events";
import { request as send } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, route } from "@/lib/http";
import { createHttpServer } from "./http";
import { createLane } from "./lane/lane";
import { answersIn, wire } from "./wire.fixture";

const answerers = {
  lane: createLane({ "/api/x": route({ GET: (request) => json({ url: request.url }) }) }),
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
  [400, ["Host", "x:99999"]],
  [400, ["Host", "1.2.3.4.5"]],
  [400, ["Host", "[::1::2]"]],
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

describe("a request without a Host (RFC 9112, 3.2)", () => {
  it.each(["/", "/api/x", "http://x/"])("is a problem in HTTP/1.1, for %s", async (path) => {
    for (const more of ["", "Expect: 100-continue\r\n", "Connection: keep-alive\r\n"]) {
      const heard = await wire(server, `GET ${path} HTTP/1.1\r\n${more}\r\n`);
      const [answer] = answersIn(heard);
      expect(answer?.status).toBe(400);
      expect(answer?.head).toContain("content-type: application/problem+json");
      expect(answer?.head).toContain("connection: close");
      expect(JSON.parse(answer?.body as string)).toMatchObject({ type: "/problems/bad-request" });
    }
  });

  it.each(["/", "/api/x"])("is answered in HTTP/1.0, for %s", async (path) => {
    const [answer] = answersIn(await wire(server, `GET ${path} HTTP/1.0\r\n\r\n`));
    expect(answer?.status).toBe(200);
    if (path === "/api/x") expect(answer?.body).toBe('{"url":"http://localhost:3000/api/x"}');
  });
});

it("answers an expectation that nobody can meet as a problem (RFC 9110, 10.1.1)", async () => {
  const [answer] = answersIn(
    await wire(server, "GET / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n"),
  );
  expect(answer?.status).toBe(417);
  expect(JSON.parse(answer?.body as string)).toMatchObject({
    type: "/problems/expectation-failed",
  });
});
