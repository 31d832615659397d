import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { findNginx } from "../e2e/nginx.ts";
import { deployed, startNginx } from "../e2e/support/nginx.ts";

// deploy/nginx.conf in front of two servers that only say their name. Where there is no nginx this is skipped;
// e2e/faults/proxy.spec.ts has the application behind it, and fetches an nginx where it can.

const servers: Server[] = [];
let nginx: Awaited<ReturnType<typeof startNginx>> | undefined;
afterEach(async () => {
  await nginx?.stop();
  for (const server of servers.splice(0)) await close(server);
});

async function listen(name: string, port = 0): Promise<Server> {
  const server = createServer((_, response) => response.end(name));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return server;
}
async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}
const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function startBoth() {
  const [left, right] = [await listen("left"), await listen("right")];
  const ports = [portOf(left), portOf(right)] as const;
  nginx = await startNginx(
    deployed,
    ports.map((port) => `http://127.0.0.1:${port}`),
  );
  return { url: nginx.url, left, right, ports };
}
const get = async (url: string, headers = {}) => {
  const response = await fetch(url, { headers });
  return response.ok ? response.text() : response.status;
};

describe.skipIf(!findNginx())("deploy/nginx.conf", () => {
  it.each(["/", "/api/inngest"])(
    "serves %s again at once after both instances were away",
    async (path) => {
      const { url, left, right, ports } = await startBoth();
      const cookie = "session=of-somebody";
      await Promise.all([close(left), close(right)]);
      for (let n = 0; n < 4; n++) expect(await get(url + path, { cookie })).toBe(502);
      await listen("left", ports[0]);
      await listen("right", ports[1]);
      expect(await get(url + path, { cookie })).toMatch(/left|right/);
    },
  );

  it("passes a session to the other instance while its own is away, and back to it afterwards", async () => {
    const { url, left, right, ports } = await startBoth();
    const cookie = "__Host-session=of-somebody";
    const own = await get(url, { cookie });
    const isLeft = own === "left";
    await close(isLeft ? left : right);
    expect(await get(url, { cookie })).toBe(isLeft ? "right" : "left");
    await listen(String(own), ports[isLeft ? 0 : 1]);
    for (let n = 0; n < 5; n++) expect(await get(url, { cookie })).toBe(own);
  });
});
