import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { json, route } from "@/lib/http";
import { sharedJson } from "@/lib/shared-answer";
import { HouseResponse } from "../response";
import { createLane } from "./lane";
import { Response as LightResponse } from "./light";

// As in the lane, which gives our code this one in the place of the global one.
beforeAll(() => vi.stubGlobal("Response", LightResponse));
afterAll(() => vi.unstubAllGlobals());

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

type Answering = () => Response | Promise<Response>;

/** A server whose requests are numbered, and which counts the answers that went out whole. */
async function serve(answer: Answering) {
  const seen = { whole: 0, closed: 0 };
  const lane = createLane({ "/answer": route({ GET: answer }) });
  let number = 0;
  const common = { "x-content-type-options": "nosniff" };
  const server = createServer({ ServerResponse: HouseResponse }, (request, response) => {
    response.house = Object.assign(Object.create(common), { "x-request-id": `r${++number}` });
    response.on("close", () => {
      seen.closed++;
      if (response._header && !response._header.endsWith("\r\n\r\n")) seen.whole++;
    });
    lane(request, response, request.url ?? "");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  ends.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { port: (server.address() as AddressInfo).port, seen };
}

const ask = (more = "", method = "GET", version = "1.1") =>
  `${method} /answer HTTP/${version}\r\nHost: x\r\n${more}\r\n`;

/** What comes back for requests, the last of which ends the connection. */
function wire(port: number, requests: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(requests);
  return text(socket);
}

/** An answer without what depends on the moment and the connection. */
const lasting = (answer: string) =>
  answer.replace(/^(Date|Connection|Keep-Alive|x-request-id): .*\r\n/gim, "");

const forAll = () => json({ text: "for all" });

describe("an answer of the lane that is a text", () => {
  it("is what Node would send, in one write", async () => {
    const { port, seen } = await serve(() =>
      json({ text: "for all" }, { headers: { etag: '"1"' } }),
    );
    const both = await wire(port, ask() + ask("Connection: close\r\n"));
    const [whole, usual] = both.split(/(?<=})(?=HTTP)/) as [string, string];
    const sort = (answer: string) => lasting(answer).split("\r\n").sort();
    expect(sort(whole)).toEqual(sort(usual));
    expect(whole).toMatch(/^HTTP\/1\.1 200 OK\r\nx-request-id: r1\r\n/);
    expect(whole).toMatch(/\r\nDate: .+ GMT\r\nConnection: keep-alive\r\n/);
    expect(whole).toMatch(/\r\nKeep-Alive: timeout=5\r\n/);
    expect(usual).toContain("x-request-id: r2\r\n");
    await expect.poll(() => seen).toEqual({ whole: 1, closed: 2 });
  });

  it("leaves its connection to the next request, and tells that it has ended", async () => {
    const { port, seen } = await serve(async () => json({ text: "für alle ✓" }));
    const socket = connect(port, "127.0.0.1");
    for (let n = 1; n <= 3; n++) {
      socket.write(ask());
      const [answer] = (await once(socket, "data")) as [Buffer];
      const [head = "", body = ""] = answer.toString().split("\r\n\r\n");
      expect(JSON.parse(body)).toEqual({ text: "für alle ✓" });
      expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
      await expect.poll(() => seen.closed).toBe(n);
    }
    expect(seen.whole).toBe(3);
    socket.destroy();
  });

  it("keeps its place behind others on the same connection", async () => {
    const { port } = await serve(forAll);
    const all = await wire(port, ask() + ask() + ask() + ask("Connection: close\r\n"));
    expect([...all.matchAll(/x-request-id: (r\d)/g)].map(([, id]) => id)).toEqual([
      ...["r1", "r2", "r3", "r4"],
    ]);
    expect(all.match(/\{"text":"for all"\}/g)).toHaveLength(4);
  });

  it("has no body for a HEAD, and ends the connection of a client of HTTP/1.0", async () => {
    const { port, seen } = await serve(forAll);
    const head = await wire(port, ask("Connection: close\r\n", "HEAD"));
    expect(head).toMatch(/\r\n\r\n$/);
    expect(await wire(port, ask("", "GET", "1.0"))).toMatch(/\{"text":"for all"\}$/);
    expect(seen.whole).toBe(0);
  });

  it("says its own status, and none of what it may not say of the house and the connection", async () => {
    const headers = { "x-content-type-options": "own", "x-content-length": "7", "x-more": "1" };
    const { port, seen } = await serve(() => new Response("nothing", { status: 404, headers }));
    const [first = ""] = (await wire(port, ask() + ask("Connection: close\r\n"))).split("nothing");
    expect(first).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(first).toContain("x-content-type-options: nosniff\r\nx-more: 1\r\n");
    expect(first.match(/content-length: 7\r\n/gi)).toHaveLength(1);
    await expect.poll(() => seen.whole).toBe(1);
  });

  it("goes Node's way with a list, and with what is no header", async () => {
    const cookies = [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ] as [string, string][];
    const listed = await serve(() => new Response("x", { headers: cookies }));
    const answer = await wire(listed.port, ask() + ask("Connection: close\r\n"));
    expect(answer.match(/set-cookie: a=1\r\nset-cookie: b=2\r\n/g)).toHaveLength(2);
    expect(listed.seen.whole).toBe(0);
    const latin = await serve(() => new Response("é", { headers: { "x-name": "é" } }));
    expect(await wire(latin.port, ask("Connection: close\r\n"))).toContain("x-name: ");
    expect(latin.seen.whole).toBe(0);
  });
});

describe("a shared answer", () => {
  it("is encoded once for all who are given it", async () => {
    let encoded = 0;
    const thing = { text: "for all" };
    const toBody = (body: object) => {
      encoded++;
      return body;
    };
    const { port } = await serve(() => sharedJson(thing, toBody));
    const all = await wire(port, ask() + ask() + ask("Connection: close\r\n"));
    expect(all.match(/\{"text":"for all"\}/g)).toHaveLength(3);
    expect(encoded).toBe(1);
  });
});
