import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { openDoor } from "../../lib/proxy.fixture";

/** How a service can be away. */
export const faultNames = ["refuse", "hang", "html", "error", "truncated", "cut"] as const;
export type Fault = (typeof faultNames)[number];

const PAGE = "<!doctype html><html><body><h1>It works!</h1></body></html>\n";

/** What is no answer of the service: another one's page, a failure, the half of an answer. */
const nonsense = {
  // With the headers that a web server gives its pages: an entity tag proves nothing.
  html: [200, { "content-type": "text/html", etag: '"5e1f-3c"' }, PAGE],
  error: [500, { "content-type": "text/html" }, "<h1>Internal Server Error</h1>\n"],
} as const;

export interface FaultyProxy {
  url: string;
  /**
   * Begins a fault; with `only`, for the requests whose method and path match.
   * @returns once it holds: requests under way are cut by `refuse` alone
   */
  fail(fault: Fault, only?: RegExp): Promise<void>;
  /** Ends it. What hangs goes on hanging: nobody is told. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/**
 * An HTTP proxy in front of a service, which can be gone, hang, or answer nonsense.
 * @param truncated an answer of that service that ends too early, as JSON, XML or events
 */
export async function createFaultyProxy(
  target: () => string,
  truncated: { type: string; text: string },
): Promise<FaultyProxy> {
  let failing: { fault: Fault; only: RegExp } | undefined;

  const server = createServer((incoming, response) => {
    // Whoever waits may leave, at either end.
    for (const end of [incoming, response]) end.on("error", () => response.destroy());
    answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { fault, only } = failing ?? {};
    if (!fault || !only?.test(`${incoming.method} ${incoming.url}`))
      return void (await forward(incoming)).pipe(response);
    if (fault === "cut") return cut(incoming, response);
    await buffer(incoming);
    if (fault === "hang") return;
    if (fault === "truncated")
      response.writeHead(200, { "content-type": truncated.type }).end(truncated.text);
    if (fault === "html" || fault === "error") {
      const [status, headers, text] = nonsense[fault];
      response.writeHead(status, { ...headers, "content-length": text.length }).end(text);
    }

    async function forward(from: IncomingMessage): Promise<IncomingMessage> {
      const upstream = await ask(from);
      response.writeHead(upstream.statusCode ?? 502, upstream.rawHeaders);
      response.once("close", () => upstream.destroy());
      return upstream;
    }
  }

  /** The service does what it is asked; of its answer comes a half, then the connection breaks. */
  async function cut(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const upstream = await ask(incoming);
    const body = await buffer(upstream);
    const half = body.subarray(0, body.length / 2);
    if (half.length === 0) return void response.destroy();
    response.writeHead(upstream.statusCode ?? 502, upstream.rawHeaders);
    response.write(half, () => response.destroy());
  }

  /** The same request, with the same Host: it may be signed. */
  async function ask(incoming: IncomingMessage): Promise<IncomingMessage> {
    const { hostname, port } = new URL(target());
    const { expect, connection, ...headers } = incoming.headers;
    const { method, url: path } = incoming;
    const out = request({ hostname, port, method, path, headers });
    incoming.pipe(out);
    const [upstream] = await once(out, "response");
    return upstream;
  }

  const door = await openDoor(server);
  return {
    url: `http://127.0.0.1:${door.port}`,
    async fail(fault, only = /^/) {
      failing = { fault, only };
      if (fault === "refuse") await door.shut();
    },
    async mend() {
      failing = undefined;
      await door.open();
    },
    close: door.shut,
  };
}
