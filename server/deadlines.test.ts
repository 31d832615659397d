import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slowestPace } from "@/lib/pace";
import { deadlines } from "./deadlines";
import { createHttpServer } from "./http";

/** Far from what a machine that is busy takes; what is short is what a case is about. */
const FAR = 60_000;
const pace = { ...slowestPace, windowMs: FAR };
const POST = "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";

/** A server that answers once it has read a request, with some of its deadlines short. */
async function serve(short: Partial<typeof deadlines>) {
  const server = createHttpServer(
    {
      lane: undefined,
      next: (request, response) => request.resume().once("end", () => response.end("answer")),
    },
    false,
    { ...{ head: FAR, body: FAR, upload: FAR, idle: FAR, look: 20, pace }, ...short },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    /**
     * What comes back on one connection until it is closed; undefined where it is still open.
     * `drip` is sent again every 20 ms after the beginning.
     */
    async say(text: string, waitMs = 10_000, drip = ""): Promise<string | undefined> {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      socket.on("error", () => {});
      socket.on("data", (data) => {
        answer += data;
      });
      const closed = once(socket, "close").then(() => answer);
      await once(socket, "connect");
      if (text) socket.write(text);
      const dripping = setInterval(() => drip && socket.writable && socket.write(drip), 20);
      const outcome = await Promise.race([closed, delay(waitMs, undefined, { ref: false })]);
      clearInterval(dripping);
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

  it.each(["/api/uploads/presigned", "/api/uploads/multipart", "/api/uploads/1/parts"])(
    "that sends JSON to %s has no longer than others",
    async (path) => expect(await server.say(POST.replace("/api/x", path))).toEqual(timeout),
  );
});

it("has longer for a file of an upload, and not for ever", async () => {
  const server = await serve({ upload: 100 });
  const upload = POST.replace("/api/x", "/api/uploads/simple");
  expect(await server.say(upload)).toMatch(/^HTTP\/1.1 408 /);
  expect(await server.say(POST.replace("/api/x", "/api/uploads/streaming"), 600)).toBeUndefined();
  await server[Symbol.asyncDispose]();
});

describe("a body that comes a little at a time", () => {
  const long = (path: string) => POST.replace("/api/x", path).replace(": 9", ": 900000000");
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve({ pace: { windowMs: 120, windowBytes: 1_000, bytesPerSecond: 20_000 } });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(["/api/x", "/api/uploads/simple"])(
    "is given up before its time is over, whatever length it announces: %s",
    async (path) => expect(await server.say(long(path), 10_000, "a")).toMatch(/^HTTP\/1.1 408 /),
  );

  it("goes on where it keeps the pace", async () =>
    expect(await server.say(long("/api/x"), 600, "a".repeat(4_000))).toBeUndefined());

  it("is given up once its grace is over, and later the more has come of it", async () => {
    const graced = await serve({ body: 300, pace: { ...pace, bytesPerSecond: 100_000 } });
    const begun = performance.now();
    // Half the pace, or less on a machine that is busy: it has at most twice the grace.
    const answer = await graced.say(long("/api/x"), 10_000, "a".repeat(1_000));
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - begun).toBeGreaterThan(400);
    await graced[Symbol.asyncDispose]();
  });
});

it("gives nobody for ever", () => {
  expect(Math.max(deadlines.head, deadlines.body, deadlines.idle)).toBeLessThanOrEqual(65_000);
  expect(deadlines.upload).toBeLessThanOrEqual(60_000);
});
