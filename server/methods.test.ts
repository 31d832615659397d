import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpServer } from "./http";
import { answersIn, wire } from "./wire.fixture";

let asked: string[] = [];
const servers: ReturnType<typeof createHttpServer>[] = [];
function serve(dev = false) {
  const next = (request: IncomingMessage, response: { end(text: string): void }) => {
    asked.push(`${request.method} ${request.url}`);
    response.end("next");
  };
  const server = createHttpServer({ lane: undefined, next }, dev);
  servers.push(server);
  return server;
}
afterEach(() => {
  asked = [];
  for (const server of servers.splice(0)) server.close();
});

const FORM = '--b\r\nContent-Disposition: form-data; name="1_$ACTION_ID_x"\r\n\r\na\r\n--b--\r\n';

/** Pages, assets, what is not there, and the operators' addresses. */
const PATHS = ["/", "/chat", "/no-such-page", "/_next/static/none.js", "/icon.svg", "/healthz"];

describe.each(PATHS)("%s", (path) => {
  const ask = async (method: string, more = "\r\n", dev = false) => {
    const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    const [answer] = answersIn(await wire(serve(dev), head + more));
    return answer as NonNullable<typeof answer>;
  };

  it.each(["POST", "PUT", "PATCH", "DELETE"])("answers 405 to %s (RFC 9110, 15.5.6)", async (m) => {
    for (const more of [
      "\r\n",
      "Content-Length: 2\r\n\r\n{}",
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${FORM.length}\r\n\r\n${FORM}`,
      "Next-Action: 0123456789\r\nContent-Length: 2\r\n\r\n[]",
    ]) {
      const { status, head, body } = await ask(m, more);
      expect(status).toBe(405);
      expect(head.match(/^allow:.*$/gm)).toEqual(["allow: get, head, options"]);
      expect(head).toContain("content-type: application/problem+json");
      expect(head).toContain("x-content-type-options: nosniff");
      expect(JSON.parse(body)).toMatchObject({ type: "/problems/method-not-allowed", status: 405 });
    }
    expect(asked).toEqual([]);
  });

  it("answers OPTIONS with 204 and Allow (RFC 9110, 9.3.7)", async () => {
    const { status, head, body } = await ask("OPTIONS");
    expect([status, body]).toEqual([204, ""]);
    expect(head.match(/^allow:.*$/gm)).toEqual(["allow: get, head, options"]);
    expect(asked).toEqual([]);
  });
});

it("leaves the methods of the API, and reading, to those who answer", async () => {
  const server = serve();
  for (const line of ["POST /api/x", "OPTIONS /api/x", "PUT /api", "GET /chat", "HEAD /chat"])
    await wire(server, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(asked).toHaveLength(5);
});

it("leaves Next's development server its own addresses", async () => {
  const server = serve(true);
  for (const path of ["/__nextjs_original-stack-frames", "/_next/x", "/chat"])
    await wire(server, `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(asked).toEqual(["POST /__nextjs_original-stack-frames", "POST /_next/x"]);
});
