import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { clientAddress } from "@/lib/address";
import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import { logger } from "@/lib/logger";
import { metrics } from "@/lib/metrics";
import { CLIENT_ADDRESS } from "@/lib/rate-limit/caller";
import { traffic } from "@/lib/traffic";
import { setBodyDeadline } from "./body-deadline";
import { watchSilent } from "./connections";
import { keepContentLength } from "./content-length";
import { closeAfterEarlyAnswer } from "./early-answer";
import { continueWhenRead } from "./expect-continue";
import { readInGulps } from "./gulps";
import { setHeaders } from "./headers";
import { answerOps } from "./ops";
import { keepOwnVary } from "./vary";

/** Methods that Next would answer with a 500 (TRACE) or that mean nothing here. */
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * The HTTP server: gives each request an id, sets the headers of the house, answers the addresses
 * for operators, and hands everything else to Next.
 */
export function createHttpServer(next: RequestListener, dev: boolean) {
  const server = createServer(
    // Slow clients: 10 s for the headers here, the body by its address.
    {
      headersTimeout: 10_000,
      requestTimeout: 0,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      const path = (request.url ?? "/").split("?", 1)[0] as string;
      identify(request, response);
      nameClient(request);
      observe(request, response, path);
      setHeaders(request, response, dev);
      setBodyDeadline(request, path);
      if (path.startsWith("/api/uploads/")) readInGulps(request);
      closeAfterEarlyAnswer(request, response);
      keepContentLength(response);
      keepOwnVary(response, path);
      if (lifecycle().phase === "draining") response.setHeader("Connection", "close");
      if (!methods.has(request.method ?? "")) return refuseMethod(response);
      if (answerOps(path, response)) return;
      next(request, response);
    },
  );
  watchSilent(server);
  continueWhenRead(server);
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  return server;
}

/** Ids from outside are taken only in a safe alphabet: they go to logs and back out. */
function identify(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  request.headers["x-request-id"] = id;
  response.setHeader("X-Request-Id", id);
}

/** A handler sees no connection: it is told the client's address, whatever the client claims. */
function nameClient(request: IncomingMessage): void {
  const forwarded = request.headers["x-forwarded-for"];
  request.headers[CLIENT_ADDRESS] = clientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
    env().TRUSTED_PROXY_HOPS,
  );
}

function observe(request: IncomingMessage, response: ServerResponse, path: string): void {
  const begun = process.hrtime.bigint();
  const endTraffic = traffic().begin(String(request.headers["x-request-id"]), request.socket);
  response.once("close", () => {
    endTraffic();
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    const type = String(response.getHeader("content-type") ?? "");
    const method = methods.has(request.method ?? "") ? (request.method as string) : "other";
    const status = String(response.statusCode);
    if (!type.startsWith("text/event-stream"))
      metrics().requestSeconds.observe({ method, area: areaOf(path), status }, seconds);
    const { "x-request-id": requestId } = request.headers;
    logger().debug({ requestId, method, path, status, ms: Math.round(seconds * 1e3) }, "request");
  });
}

/** Few values, whatever is asked for: a label for each path would let anyone fill our memory. */
const areaOf = (path: string) => /^\/(api|_next|socket\.io)(?=\/|$)/.exec(path)?.[1] ?? "page";

function refuseMethod(response: ServerResponse): void {
  const allow = [...methods].join(", ");
  const problem = {
    type: "/problems/method-not-allowed",
    title: "Method not allowed",
    status: 405,
  };
  response.writeHead(405, {
    allow,
    "content-type": "application/problem+json",
    connection: "close",
  });
  response.end(JSON.stringify(problem));
}
