import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createBridge } from "./bridge.ts";
import type { Engine } from "./engine.ts";
import { authorized, numberOf, parseJson, readBody } from "./http.ts";
import { createMemoryEngine, type MemoryOptions } from "./memory/engine.ts";
import { createPlug, type Fault } from "./plug.ts";
import { createTcpEngine } from "./tcp.ts";

export interface RedisOptions {
  /** What clients send as `Authorization: Bearer …`. */
  token: string;
  /** Default: loopback. */
  host?: string;
  /** Default: any free one. */
  port?: number;
  /** In this process, or a Redis at `redis://…`. */
  engine?: "memory" | { url: string };
  /** For the engine in memory. */
  memory?: MemoryOptions;
  maxBodyBytes?: number;
}

export interface EmbeddedRedis {
  /** What UPSTASH_REDIS_REST_URL is. */
  url: string;
  port: number;
  /** Cuts what is open. Idempotent. */
  stop(): Promise<void>;
}

const faults: readonly unknown[] = ["hang", "refuse", "error", null] satisfies (Fault | null)[];

/** A server that speaks Upstash's REST protocol. */
export async function startRedis(options: RedisOptions): Promise<EmbeddedRedis> {
  const { token, host = "127.0.0.1", engine: kind = "memory" } = options;
  const { maxBodyBytes = 1024 * 1024 } = options;
  const engine: Engine =
    kind === "memory" ? createMemoryEngine(options.memory) : createTcpEngine(kind.url);
  const bridge = createBridge(engine);
  const addresses: Record<string, typeof bridge.single> = {
    "/": bridge.single,
    "/pipeline": bridge.pipeline,
    "/multi-exec": bridge.transaction,
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0] as string;
    // The way to the plug stays open, or nobody could put it back.
    if (path !== "/plug" && plug.interfere(response)) return;
    if (!authorized(request, token)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      return send(response, 401, { error: "Unauthorized" });
    }
    const answer = addresses[path];
    if (!answer && path !== "/plug") return send(response, 404, { error: "ERR no such address" });
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      return send(response, 405, { error: "ERR send POST" });
    }
    const bytes = await readBody(request, maxBodyBytes);
    if (bytes === null) return send(response, 413, { error: "ERR the body is too large" });
    const body = parseJson(bytes);
    if (body === undefined) return send(response, 400, { error: "ERR the body is not JSON" });
    if (!answer) return pull(response, body);
    const base64 = request.headers["upstash-encoding"] === "base64";
    const { status, body: content } = await answer(body, base64);
    send(response, status, content);
  }

  /** `POST /plug { fault, seconds }`: causes a fault, or ends it, for those who want to see one. */
  function pull(response: ServerResponse, body: unknown): void {
    const { fault, seconds: given } = Object(body) as { fault?: unknown; seconds?: unknown };
    const seconds = numberOf(given);
    if (!faults.includes(fault) || !(seconds > 0)) {
      send(response, 400, { error: "ERR fault is hang, refuse, error or null; seconds > 0" });
      return;
    }
    send(response, 200, { result: "OK" });
    // Afterwards: this answer still goes out.
    response.once("close", () => plug.pull(fault as Fault | null, seconds));
  }

  const server = createServer((request, response) => {
    // A client that leaves is no failure, and nothing that one request does reaches the others.
    response.on("error", () => response.destroy());
    handle(request, response).catch((error: unknown) => {
      if (!request.destroyed) console.error("redis:", error);
      if (response.headersSent || response.destroyed) response.destroy();
      else send(response, 500, { error: "ERR internal error" });
    });
  });
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 60_000;
  let port = options.port ?? 0;
  const listen = () => server.listen(port, host);

  const plug = createPlug((fault) => {
    if (fault === "refuse" && server.listening) {
      server.close();
      server.closeAllConnections();
    } else if (fault !== "refuse" && !server.listening && !stopping) listen();
  });

  listen();
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  let stopping: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop() {
      stopping ??= new Promise<void>((resolve) => {
        plug.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }).then(() => engine.close());
      return stopping;
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
