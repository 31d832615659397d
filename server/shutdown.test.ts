import { once } from "node:events";
import { type IncomingMessage, type RequestListener, request as send } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { lifecycle } from "@/lib/lifecycle";
import { streams } from "@/lib/streams";
import { createHttpServer } from "./http";
import { leave, type ShutdownOptions, shutDown } from "./shutdown";

const BYE = "event: bye\ndata: going away\n\n";
/** Far longer than anything here takes: whoever resolves true did not wait for it. */
const FAR_MS = 5_000;

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
  lifecycle().phase = "starting";
});

/** A server with a request that takes until it is told, an event stream, and an answer at once. */
async function start() {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let asked = 0;
  const next: RequestListener = async (request, response) => {
    const path = request.url ?? "";
    asked++;
    if (path.startsWith("/slow")) await finished;
    if (path.endsWith("stream")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": open\n\n");
      response.once(
        "close",
        streams().register(() => response.end(BYE)),
      );
    } else if (path !== "/never") response.end(`answer to ${path}`);
  };
  const server = createHttpServer({ lane: undefined, next }, false);
  lifecycle().phase = "ready";
  await once(server.listen(0, "127.0.0.1"), "listening");
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
    finish,
  );
  const { port } = server.address() as AddressInfo;

  return {
    server,
    finish,
    /** Resolves when so many requests have reached the server. */
    asked: (count: number) => expect.poll(() => asked).toBe(count),
    connections: () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    /** A request on a connection of its own. Resolves when its headers are there. */
    get: (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        send({ port, host: "127.0.0.1", path, agent: false }, resolve).once("error", reject).end();
      }),
    /** A connection that stays open for as long as the server lets it. */
    async open(path?: string) {
      const socket = connect(port, "127.0.0.1");
      closers.push(() => socket.destroy());
      let received = "";
      socket.on("data", (bytes) => {
        received += bytes;
      });
      socket.on("error", () => {});
      const closed = new Promise<true>((resolve) => socket.once("close", () => resolve(true)));
      await once(socket, "connect");
      if (path) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n`);
      return { socket, closed, received: () => received };
    },
    /** Shuts down; notes what is called, in order. */
    end(change: Partial<ShutdownOptions> = {}) {
      const called: string[] = [];
      const outcome = shutDown({
        server,
        closeSockets: () => called.push("sockets"),
        closeRest: async () => void called.push("rest"),
        deadlineMs: FAR_MS,
        ...change,
      });
      return { outcome, called };
    },
  };
}

describe("shutDown", () => {
  it("answers what is under way, ends streams and idle connections, and takes nothing new", async () => {
    const { get, open, end, finish, asked } = await start();
    const slow = get("/slow");
    const stream = await get("/stream");
    const idle = await open("/quick");
    await expect.poll(idle.received).toContain("answer to /quick");
    const lasting = await open("/slow");
    await asked(4);
    expect(streams().size()).toBe(1);

    const { outcome, called } = end();
    expect(lifecycle().phase).toBe("draining");
    expect(await text(stream)).toBe(`: open\n\n${BYE}`);
    expect(await idle.closed).toBe(true);
    await expect(get("/quick")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    // The slow ones are still waited for, and with them all that they may need.
    expect(called).toEqual(["sockets"]);
    expect(lasting.socket.destroyed).toBe(false);

    finish();
    expect(await text(await slow)).toBe("answer to /slow");
    expect(await lasting.closed).toBe(true);
    expect(lasting.received()).toContain("answer to /slow");
    expect(await outcome).toBe(true);
    expect(called).toEqual(["sockets", "rest"]);
    expect(streams().size()).toBe(0);
  });

  it("cuts off at the deadline what never ends, and closes the rest all the same", async () => {
    const { open, end, asked } = await start();
    const never = await open("/never");
    const slow = await open("/slow");
    await asked(2);
    const { outcome, called } = end({ deadlineMs: 60 });
    expect(await outcome).toBe(false);
    expect(await never.closed).toBe(true);
    expect(await slow.closed).toBe(true);
    expect([never.received(), slow.received()]).toEqual(["", ""]);
    expect(called).toEqual(["sockets", "rest"]);
  });

  it("is over only once the rest is closed", async () => {
    const { end } = await start();
    const seen: string[] = [];
    let closed = () => {};
    const { outcome } = end({
      closeRest: () =>
        new Promise((resolve) => {
          seen.push("closing the rest");
          closed = resolve;
        }),
    });
    const over = outcome.then(() => seen.push("over"));
    await expect.poll(() => seen).toEqual(["closing the rest"]);
    seen.push("the rest is closed");
    closed();
    await over;
    expect(seen).toEqual(["closing the rest", "the rest is closed", "over"]);
  });

  it("is over at once where nothing is open", async () => {
    const { end } = await start();
    const { outcome, called } = end();
    expect(await outcome).toBe(true);
    expect(called).toEqual(["sockets", "rest"]);
  });

  it("does not wait for a connection that has never asked for anything", async () => {
    const { open, end, connections } = await start();
    const { closed } = await open();
    await expect.poll(connections).toBe(1);
    expect(await end({ deadlineMs: 1_000 }).outcome).toBe(true);
    expect(await closed).toBe(true);
  });

  it.each([
    ["at the beginning of a connection", undefined, 0],
    ["after an answer", "/quick", 1],
    ["behind a request that is under way", "/slow", 1],
  ])("does not wait for the rest of a head: %s", async (_, path, requests) => {
    const { open, end, finish, asked, connections } = await start();
    const { socket, closed, received } = await open(path);
    if (path === "/quick") await expect.poll(received).toContain("answer to /quick");
    await asked(requests);
    socket.write("GET /next HTTP/1.1\r\nHost: x\r\nX-Half: ");
    await expect.poll(connections).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const begun = performance.now();
    const { outcome } = end();
    if (path === "/slow") {
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(socket.destroyed).toBe(false);
      finish();
    }
    expect(await outcome).toBe(true);
    expect(await closed).toBe(true);
    if (path) expect(received()).toContain(`answer to ${path}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("serves on, and is not ready, until balancers have had time to notice", async () => {
    const { get, end, open } = await start();
    const { closed, socket } = await open();
    const left = leave(300);
    const readiness = await get("/readyz");
    expect([readiness.statusCode, await text(readiness)]).toEqual([503, "leaving\n"]);
    expect(await text(await get("/quick"))).toBe("answer to /quick");
    expect((await get("/healthz")).statusCode).toBe(200);
    await left;
    expect(socket.destroyed).toBe(false);
    expect(await end().outcome).toBe(true);
    expect(await closed).toBe(true);
    await expect(get("/readyz")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("ends a stream that opens while it waits for others", async () => {
    const { get, end, finish, asked } = await start();
    const stream = get("/slow/stream");
    await asked(1);
    const { outcome } = end({ deadlineMs: 1_000 });
    finish();
    expect(await outcome).toBe(true);
    expect(await text(await stream)).toBe(`: open\n\n${BYE}`);
  });

  it("ends every stream, also when ending one of them fails", async () => {
    const { get, end } = await start();
    const broken = streams().register(() => {
      throw new Error("this stream is broken");
    });
    closers.push(broken);
    const stream = await get("/stream");
    expect(await end().outcome).toBe(true);
    expect(await text(stream)).toBe(`: open\n\n${BYE}`);
  });
});
