import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { route } from "@/lib/http";
import { sharedJson } from "@/lib/shared-answer";
import { HouseResponse } from "../response";
import { createLane } from "./lane";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server whose requests are numbered, and all given the same answer. */
async function serve(thing: { text: string } = { text: "for all" }) {
  const seen = { encoded: 0, direct: 0, closed: 0 };
  const toBody = (body: object) => {
    seen.encoded++;
    return body;
  };
  const answer = () => sharedJson(thing, toBody);
  const lane = createLane({ "/shared": route({ GET: answer }) });
  let number = 0;
  const common = { "x-content-type-options": "nosniff" };
  const server = createServer({ ServerResponse: HouseResponse }, (request, response) => {
    response.house = Object.assign(Object.create(common), { "x-request-id": `r${++number}` });
    const send = response.sendShared;
    response.sendShared = (shared) => {
      const sent = send.call(response, shared);
      if (sent) seen.direct++;
      return sent;
    };
    response.on("close", () => seen.closed++);
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
  `${method} /shared HTTP/${version}\r\nHost: x\r\n${more}\r\n`;

/** What comes back for requests, the last of which ends the connection. */
function wire(port: number, requests: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(requests);
  return text(socket);
}

/** An answer without what depends on the moment and the connection. */
const lasting = (answer: string) =>
  answer.replace(/^(Date|Connection|Keep-Alive|x-request-id): .*\r\n/gim, "");

describe("a shared answer", () => {
  it("is what it would be in the usual way, in one write, and encoded once", async () => {
    const { port, seen } = await serve();
    const both = await wire(port, ask() + ask("Connection: close\r\n"));
    const [direct, usual] = both.split(/(?<=})(?=HTTP)/) as [string, string];
    const sort = (answer: string) => lasting(answer).split("\r\n").sort();
    expect(sort(direct)).toEqual(sort(usual));
    expect(direct).toMatch(/^HTTP\/1\.1 200 OK\r\nx-request-id: r1\r\n/);
    expect(direct).toMatch(/\r\nDate: .+ GMT\r\nConnection: keep-alive\r\n/);
    expect(direct).toMatch(/\r\nKeep-Alive: timeout=5\r\n/);
    expect(usual).toContain("x-request-id: r2\r\n");
    await expect.poll(() => seen).toEqual({ encoded: 1, direct: 1, closed: 2 });
  });

  it("leaves its connection to the next request, and tells that it has ended", async () => {
    const { port, seen } = await serve({ text: "für alle ✓" });
    const socket = connect(port, "127.0.0.1");
    for (let n = 1; n <= 3; n++) {
      socket.write(ask());
      const [answer] = (await once(socket, "data")) as [Buffer];
      const [head = "", body = ""] = answer.toString().split("\r\n\r\n");
      expect(JSON.parse(body)).toEqual({ text: "für alle ✓" });
      expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
      await expect.poll(() => seen.closed).toBe(n);
    }
    expect(seen.direct).toBe(3);
    socket.destroy();
  });

  it("keeps its place behind others on the same connection", async () => {
    const { port } = await serve();
    const all = await wire(port, ask() + ask() + ask() + ask("Connection: close\r\n"));
    expect([...all.matchAll(/x-request-id: (r\d)/g)].map(([, id]) => id)).toEqual([
      ...["r1", "r2", "r3", "r4"],
    ]);
    expect(all.match(/\{"text":"for all"\}/g)).toHaveLength(4);
  });

  it("has no body for a HEAD, and ends the connection of a client of HTTP/1.0", async () => {
    const { port, seen } = await serve();
    const head = await wire(port, ask("Connection: close\r\n", "HEAD"));
    expect(head).toMatch(/\r\n\r\n$/);
    expect(await wire(port, ask("", "GET", "1.0"))).toMatch(/\{"text":"for all"\}$/);
    expect(seen.direct).toBe(0);
  });
});
