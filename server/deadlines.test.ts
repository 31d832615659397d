import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadlines } from "./deadlines";
import { createHttpServer } from "./http";

/** Far from what a machine that is busy takes; what is short is what a case is about. */
const FAR = 60_000;
const POST = "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";

/** A server that answers once it has read a request, with some of its deadlines short. */
async function serve(short: Partial<typeof deadlines>) {
  const server = createHttpServer(
    {
      lane: undefined,
      next: (request, response) => request.resume().once("end", () => response.end("answer")),
    },
    false,
    { head: FAR, body: FAR, upload: FAR, idle: FAR, look: 20, ...short },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    /** What comes back on one connection until it is closed; undefined where it is still open. */
    async say(text: string, waitMs = 10_000): Promise<string | undefined> {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
      });
      const closed = once(socket, "close").then(() => answer);
      await once(socket, "connect");
      if (text) socket.write(text);
      const outcome = await Promise.race([closed, delay(waitMs, undefined, { ref: false })]);
      socket.destroy();
      return outcome;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("a connection", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve({ head: 100, body: 100, idle: 100 });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const timeout = expect.stringMatching(
    /^HTTP\/1.1 408 [\s\S]*nosniff[\s\S]*connection: close[\s\S]*request-timeout/,
  );

  it("that says nothing ends", async () => expect(await server.say("")).toEqual(timeout));

  it("whose head does not come to its end is answered 408, and ends", async () =>
    expect(await server.say("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a")).toEqual(timeout));

  it.each([POST, POST.replace("Content-Length: 9", "Transfer-Encoding: chunked")])(
    "whose body does not come to its end is answered 408, and ends: %j",
    async (head) => expect(await server.say(`${head}3\r\n`)).toEqual(timeout),
  );

  it("on which nothing follows an answer ends", async () =>
    expect(await server.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(
      /^HTTP\/1.1 200 [\s\S]*answer/,
    ));

  it.each(["/api/uploads/simple", "/api/uploads/streaming"])(
    "that sends a file to %s has longer",
    async (path) => expect(await server.say(POST.replace("/api/x", path), 600)).toBeUndefined(),
  );
});

it("has minutes for a file of an upload, and no more", async () => {
  const server = await serve({ upload: 100 });
  const upload = POST.replace("/api/x", "/api/uploads/simple");
  expect(await server.say(upload)).toMatch(/^HTTP\/1.1 408 /);
  expect(await server.say(POST.replace("/api/x", "/api/uploads/streaming"), 600)).toBeUndefined();
  await server[Symbol.asyncDispose]();
});

it("gives nobody for ever", () => {
  expect(Math.max(deadlines.head, deadlines.body, deadlines.idle)).toBeLessThanOrEqual(65_000);
  expect(deadlines.upload).toBeLessThanOrEqual(300_000);
});
