import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { readText } from "@/lib/body";
import { json, route } from "@/lib/http";
import { createPushedBody, type PushedBody } from "@/lib/pushed-body";
import { HouseResponse } from "../response";
import { createLane } from "./lane";
import { Response as LightResponse } from "./light";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

let pushed: PushedBody | undefined;
let left = 0;
let taken = 0;

const light = () => new LightResponse("light", { headers: { "x-own": "1", "x-house": "mine" } });

function push() {
  pushed = createPushedBody({ onTaken: () => taken++, onLeave: () => left++ });
  pushed.write(Buffer.from("first "));
  return pushed.response({ headers: { "content-type": "text/event-stream" } });
}

const routes = {
  "/echo": route({ POST: async (request) => json({ text: await readText(request, 100) }) }),
  "/refuse": route({ POST: () => json({ read: false }, { status: 422 }) }),
  "/light": { GET: light },
  "/pushed": { GET: push },
};

async function serve() {
  pushed = undefined;
  left = 0;
  taken = 0;
  const lane = createLane(routes);
  const server = createServer({ ServerResponse: HouseResponse }, (request, response) => {
    response.house = { "x-house": "ours" };
    if (lane(request, response, request.url ?? "")) return;
    response.end("not mine");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  ends.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  return { port, base: `http://127.0.0.1:${port}` };
}

/** Requests as they are on the wire, and the whole of what comes back. */
async function wire(port: number, requests: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(requests);
  return text(socket);
}

describe("the direct lane", () => {
  it("leaves what it does not know", async () => {
    const { base } = await serve();
    expect(await (await fetch(`${base}/none`)).text()).toBe("not mine");
  });

  it("answers with the headers of the house before the answer's own", async () => {
    const { base } = await serve();
    const answer = await fetch(`${base}/light`);
    expect([answer.headers.get("x-own"), answer.headers.get("x-house")]).toEqual(["1", "ours"]);
    expect([await answer.text(), answer.headers.get("content-length")]).toEqual(["light", "5"]);
  });

  it("leaves the global Request and Response alone", () => {
    expect(new Response("x")).not.toBeInstanceOf(LightResponse);
    expect(new LightResponse("x")).toBeInstanceOf(Response);
    expect(Object.getPrototypeOf(Request.prototype)).toBe(Object.prototype);
  });

  it("reads a body, and answers as a problem what is too large or left unread", async () => {
    const { base } = await serve();
    const post = (path: string, body: string) => fetch(base + path, { method: "POST", body });
    expect(await (await post("/echo", "é")).json()).toEqual({ text: "é" });
    expect((await post("/echo", "x".repeat(101))).status).toBe(413);
    for (let n = 0; n < 3; n++) expect((await post("/refuse", "x".repeat(1e5))).status).toBe(422);
    expect((await post("/none", "x")).status).toBe(200);
  });

  it("writes a pushed body in chunks, one for each write, and ends it", async () => {
    const { port } = await serve();
    const whole = wire(port, "GET /pushed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await expect.poll(() => pushed?.unread()).toBe(0);
    const twice = Buffer.from("second");
    pushed?.write(twice);
    pushed?.write(twice);
    pushed?.end();
    const body = (await whole).split("\r\n\r\n").slice(1).join("\r\n\r\n");
    expect(body).toBe("6\r\nfirst \r\n6\r\nsecond\r\n6\r\nsecond\r\n0\r\n\r\n");
  });

  it("keeps a pushed body behind the answer before it on the same connection", async () => {
    const { port } = await serve();
    const light = "GET /light HTTP/1.1\r\nHost: x\r\n\r\n";
    const last = "GET /pushed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const whole = wire(port, light + last);
    await expect.poll(() => pushed?.unread()).toBe(0);
    pushed?.write(Buffer.from("second"));
    pushed?.end();
    const text = await whole;
    expect(text.indexOf("light")).toBeGreaterThan(0);
    expect(text.indexOf("6\r\nfirst ")).toBeGreaterThan(text.indexOf("light"));
    expect(text).toMatch(/6\r\nsecond\r\n0\r\n\r\n$/);
  });

  it("speaks to a client of HTTP/1.0, which knows no chunks", async () => {
    const { port } = await serve();
    const whole = wire(port, "GET /pushed HTTP/1.0\r\nHost: x\r\n\r\n");
    await expect.poll(() => pushed?.unread()).toBe(0);
    pushed?.end();
    expect((await whole).split("\r\n\r\n")[1]).toBe("first ");
  });

  it("counts what a reader leaves unread, tells when it takes it, and when it leaves", async () => {
    const { port } = await serve();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /pushed HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "data");
    socket.pause();
    const big = Buffer.alloc(4 * 1024 * 1024);
    for (let n = 0; n < 8; n++) pushed?.write(big);
    await expect.poll(() => pushed?.unread()).toBeGreaterThan(big.length);
    socket.resume();
    await expect.poll(() => pushed?.unread()).toBe(0);
    await expect.poll(() => taken).toBeGreaterThan(0);
    expect(left).toBe(0);
    socket.destroy();
    await expect.poll(() => left).toBe(1);
    pushed?.write(big);
  });

  it("cuts a pushed body off without its end", async () => {
    const { port } = await serve();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /pushed HTTP/1.1\r\nHost: x\r\n\r\n");
    let seen = "";
    socket
      .on("error", () => undefined)
      .on("data", (data) => {
        seen += data;
      });
    await expect.poll(() => seen).toContain("first ");
    pushed?.destroy();
    await once(socket, "close");
    expect(seen).not.toContain("0\r\n\r\n");
  });
});
