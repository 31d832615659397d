import { Agent, createServer, request as httpRequest, type Server } from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createTraffic } from "./traffic";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that labels each request by its path, and says nothing of `/other`. */
async function serve(traffic = createTraffic()) {
  let id = 0;
  const server = createServer((request, response) => {
    const requestId = `request-${id++}`;
    const end = traffic.begin(requestId, request.socket);
    response.once("close", end);
    const path = request.url ?? "";
    const seen = new Request("http://x/", { headers: { "x-request-id": requestId } });
    if (path !== "/other") traffic.label(seen, path);
    if (path === "/open") response.writeHead(200).write("x".repeat(1_000));
    else response.end("x".repeat(500));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { traffic, port: (server.address() as AddressInfo).port };
}

/** Sends raw requests one after the other on one connection, and counts what comes back. */
async function talk(port: number, paths: string[]) {
  const socket = net.connect(port, "127.0.0.1");
  const sizes: { in: number; out: number }[] = [];
  for (const path of paths) {
    const text = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    let out = 0;
    socket.write(text);
    await new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        out += chunk.length;
        if (chunk.toString().endsWith("x".repeat(500))) resolve();
      });
    });
    socket.removeAllListeners("data");
    sizes.push({ in: text.length, out });
  }
  socket.destroy();
  return sizes;
}

describe("traffic", () => {
  it("counts each request of a kept-alive connection to the byte, headers included", async () => {
    const { traffic, port } = await serve();
    const sizes = await talk(port, ["/a", "/bcdefgh", "/other", "/a"]);
    await expect.poll(() => traffic.of("/a").requests).toBe(2);
    const [first, second, , fourth] = sizes as [Size, Size, Size, Size];
    await expect
      .poll(() => traffic.of("/a"))
      .toEqual({ in: first.in + fourth.in, out: first.out + fourth.out, requests: 2 });
    expect(traffic.of("/bcdefgh")).toEqual({ ...second, requests: 1 });
    expect(traffic.of("/other")).toEqual({ in: 0, out: 0, requests: 0 });
  });

  it("counts what is still open, and keeps it when it is over", async () => {
    const { traffic, port } = await serve();
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest({ port, path: "/open", agent });
    await new Promise((resolve) => request.on("response", resolve).end());
    await expect.poll(() => traffic.of("/open").out).toBeGreaterThan(1_000);
    const before = traffic.of("/open");
    request.destroy();
    agent.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(traffic.of("/open")).toEqual(before);
  });

  it("forgets the oldest labels, not the memory's bound", () => {
    const traffic = createTraffic();
    const socket = new net.Socket();
    for (let n = 0; n < 4_010; n++) traffic.follow(socket, `label ${n}`)();
    expect(traffic.of("label 0").requests).toBe(0);
    expect(traffic.of("label 4009").requests).toBe(1);
  });
});

type Size = { in: number; out: number };
