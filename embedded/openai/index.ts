import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readPassages } from "../../lib/documents/passages.ts";
import { docsAnswerer } from "./answer.ts";
import { readBody } from "./body.ts";
import { complete } from "./completion.ts";
import { ApiError, MODEL, parsePace, parseRequest, requireModel } from "./request.ts";
import { respond } from "./respond.ts";

export interface OpenAIOptions {
  /** The project whose documents are looked up. */
  root: string;
  /** What clients send as `Authorization: Bearer …`. */
  apiKey: string;
  /** Default: any free one. */
  port?: number;
  /** Tokens a second where X-Pace does not say; 0 is as fast as can be. */
  tokensPerSecond?: number;
  /** Answers under way at once; the next one gets 429. */
  maxOpen?: number;
}

export interface EmbeddedOpenAI {
  /** What OPENAI_BASE_URL is: with /v1, without a slash at the end. */
  baseUrl: string;
  port: number;
  /** Cuts what is open. Idempotent. */
  stop(): Promise<void>;
}

/** Counters of the completions since the start, at GET /stats (no key needed). */
interface Stats {
  open: number;
  started: number;
  finished: number;
  aborted: number;
}

/**
 * A server on loopback that speaks OpenAI's API and answers from the project's documents, which it
 * reads once, at its start: GET /v1/models, GET /v1/models/{id}, POST /v1/chat/completions.
 */
export async function startOpenAI(options: OpenAIOptions): Promise<EmbeddedOpenAI> {
  const { root, apiKey, port = 0, tokensPerSecond = 30, maxOpen = 1_000 } = options;
  const answer = docsAnswerer(readPassages(root));
  const stats: Stats = { open: 0, started: 0, finished: 0, aborted: 0 };
  const model = { id: MODEL, object: "model", created: 0, owned_by: "patternbook" };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const named = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
    if (path === "/stats") {
      allow(request, "GET");
      return send(response, 200, stats);
    }
    authorize(request, apiKey);
    if (path === "/v1/models") {
      allow(request, "GET");
      return send(response, 200, { object: "list", data: [model] });
    }
    if (named) {
      allow(request, "GET");
      requireModel(named);
      return send(response, 200, model);
    }
    if (path === "/v1/chat/completions") {
      allow(request, "POST");
      return chat(request, response);
    }
    throw new ApiError(404, "unknown_url", `Unknown request URL: ${request.method} ${path}.`);
  }

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const perSecond = parsePace(request.headers["x-pace"]) ?? tokensPerSecond;
    const parsed = parseRequest(await readBody(request));
    if (stats.open >= maxOpen) {
      const headers = { "Retry-After": "1" };
      throw new ApiError(429, "rate_limit_exceeded", "Too many answers are under way.", {
        headers,
      });
    }
    const completion = complete(answer, parsed.messages, parsed);
    const left = new AbortController();
    stats.started++;
    stats.open++;
    // Comes once, after the end as after a client that has left; the timer goes with it.
    response.once("close", () => {
      stats.open--;
      if (response.writableFinished) stats.finished++;
      else stats.aborted++;
      left.abort();
    });
    await respond(response, { completion, request: parsed, perSecond, signal: left.signal });
  }

  const server = createServer((request, response) => {
    response.setHeader("x-request-id", `req_${randomUUID().replaceAll("-", "")}`);
    handle(request, response).catch((error: unknown) => fail(response, error));
  });
  server.requestTimeout = 10_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  let stopping: Promise<void> | undefined;
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    stop() {
      stopping ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return stopping;
    },
  };
}

function authorize(request: IncomingMessage, apiKey: string): void {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (timingSafeEqual(digest(given), digest(apiKey))) return;
  const headers = { "WWW-Authenticate": "Bearer" };
  throw new ApiError(401, "invalid_api_key", "Incorrect API key provided.", { headers });
}

function allow(request: IncomingMessage, method: string): void {
  if (request.method === method) return;
  const headers = { Allow: method };
  throw new ApiError(405, "method_not_allowed", `Only ${method} is possible here.`, { headers });
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: unknown): void {
  // The client has left, or the answer is under way: there is nobody, or no way, to tell.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError;
  if (!known) console.error("openai:", error);
  const { status, body, headers } = known ? error : new ApiError(500, null, "The answerer failed.");
  send(response, status, body, headers);
}
