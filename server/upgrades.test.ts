import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Server as SocketServer } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { readText } from "@/lib/body";
import { json, route } from "@/lib/http";
import { createHttpServer } from "./http";
import { createLane } from "./lane/lane";
import { coverSockets } from "./sockets";
import { answersIn, wire } from "./wire.fixture";

const handle = async (request: Request) => json({ read: await readText(request, 100) });
const lane = createLane({ "/api/echo": route({ GET: () => json({}), POST: handle, PUT: handle }) });

/** Answers as Next would: what it was asked, and the body. */
const next = async (request: IncomingMessage, response: { end(text: string): void }) =>
  response.end(`next ${request.method} ${await text(request)}`);

const servers: ReturnType<typeof createHttpServer>[] = [];
function serve() {
  const server = createHttpServer({ lane, next }, false, undefined);
  const io = new SocketServer(server, { serveClient: false, destroyUpgrade: false });
  coverSockets(io);
  servers.push(server);
  return server;
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const OFFERS = [
  "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
  "Connection: upgrade\r\nUpgrade: h2c, HTTP/2.0\r\n",
  "Connection: keep-alive, Upgrade\r\nUpgrade: TLS/1.0\r\n",
  "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
  "Connection: Upgrade\r\nUpgrade: \r\n",
  "Upgrade: h2c\r\n",
];

describe.each(OFFERS)("with the offer %j (RFC 9110, 7.8)", (offer) => {
  const head = (line: string) => `${line} HTTP/1.1\r\nHost: x\r\n${offer}`;

  it.each([
    ["GET / ", "next GET "],
    ["GET /api/echo", "{}"],
    ["HEAD /api/echo", ""],
    ["DELETE /api/echo", "method-not-allowed"],
  ])("%s is answered over HTTP/1.1, and the connection ends", async (line, body) => {
    const answers = answersIn(await wire(serve(), `${head(line.trim())}\r\n`));
    expect(answers).toHaveLength(1);
    expect(answers[0]?.status).toBe(line.startsWith("DELETE") ? 405 : 200);
    expect(answers[0]?.body).toContain(body);
    expect(answers[0]?.head).toContain("connection: close");
  });

  it.each(["POST", "PUT"])(
    "the body of %s is read, by its length and in chunks",
    async (method) => {
      const line = head(`${method} /api/echo`);
      for (const body of [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
      ]) {
        const [answer] = answersIn(await wire(serve(), line + body));
        expect(answer?.status).toBe(200);
        expect(answer?.body).toContain('{"read":"hello"}');
      }
    },
  );

  it("leaves no request behind it without an end of the connection", async () => {
    const behind = "GET /api/echo HTTP/1.1\r\nHost: x\r\n\r\n";
    expect(answersIn(await wire(serve(), `${head("GET /api/echo")}\r\n${behind}`))).toHaveLength(1);
  });
});

describe("on the path of the sockets", () => {
  const path = "/socket.io/?EIO=4&transport";
  const socket = (line: string, more = "") =>
    `${line}\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

  it("a WebSocket is one", async () => {
    const server = serve();
    const heard = wire(server, socket(`GET ${path}=websocket HTTP/1.1`));
    const [, connection] = await once(server, "upgrade");
    setTimeout(() => connection.destroy(), 100);
    expect(answersIn(await heard)[0]?.status).toBe(101);
  });

  it("polling with an offer is polling", async () => {
    const polling = `GET ${path}=polling HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
    const [answer] = answersIn(await wire(serve(), polling));
    expect([answer?.status, answer?.body]).toEqual([200, expect.stringMatching(/^0\{"sid"/)]);
    expect(answer?.head).toContain("connection: close");
  });

  it.each([
    ["with another method", socket(`POST ${path}=websocket HTTP/1.1`)],
    ["in HTTP/1.0", socket(`GET ${path}=websocket HTTP/1.0`)],
    ["with two hosts", socket(`GET ${path}=websocket HTTP/1.1`, "Host: y\r\n")],
    ["without a host", socket(`GET ${path}=websocket HTTP/1.1`).replace("Host: x\r\n", "")],
  ])("a WebSocket %s is none", async (_, bytes) => {
    const [answer] = answersIn(await wire(serve(), bytes));
    expect(answer?.status).toBe(400);
    expect(answer?.head).toContain("x-content-type-options: nosniff");
  });
});
