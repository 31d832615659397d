import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { clientAddress } from "@/lib/address";
import { env } from "@/lib/env";
import { logger } from "@/lib/logger";
import { metrics } from "@/lib/metrics";
import { CLIENT_ADDRESS } from "@/lib/rate-limit/caller";
import { traffic } from "@/lib/traffic";
import { setBodyDeadline } from "./body-deadline";
import { watchSilent } from "./connections";
import { type Deadlines, deadlines as usual } from "./deadlines";
import { closeAfterEarlyAnswer } from "./early-answer";
import { continueWhenRead } from "./expect-continue";
import { readInGulps } from "./gulps";
import { faultOf, headLimits, methods, setMissingHost, toOriginForm } from "./head";
import { laneHeaders, setHeaders } from "./headers";
import type { Lane } from "./lane/lane";
import { answerMethod } from "./methods";
import { answerOps } from "./ops";
import { mayWait } from "./pipelined";
import { refuse, refuseRequest, statusOf } from "./refusal";
import { setRequestHeader } from "./request-headers";
import { HouseResponse } from "./response";
import { acceptsUpgrade } from "./upgrades";

/** Who answers: the API's own handlers at once, where there is a lane for them, and Next the rest. */
export interface Answerers {
  lane: Lane | undefined;
  next: (request: IncomingMessage, response: HouseResponse) => void;
}

/**
 * The HTTP server: gives each request an id, sets the headers of the house, answers the addresses
 * for operators, and hands everything else to the lane or to Next.
 */
export function createHttpServer(
  { lane, next }: Answerers,
  dev: boolean,
  deadlines: Deadlines = usual,
): Server {
  const server = createServer(
    {
      headersTimeout: deadlines.head,
      // The body by its address: body-deadline.ts.
      requestTimeout: 0,
      keepAliveTimeout: deadlines.idle,
      connectionsCheckingInterval: deadlines.look,
      maxHeaderSize: headLimits.bytes,
      // faultOf() asks for a Host, and says what is wrong: Node's own 400 has no body.
      requireHostHeader: false,
      shouldUpgradeCallback: (request) => acceptsUpgrade(request, dev),
      ServerResponse: HouseResponse,
    },
    (request, response) => {
      toOriginForm(request);
      setMissingHost(request);
      const path = (request.url ?? "/").split("?", 1)[0] as string;
      const fault = mayWait(request, response) ? faultOf(request) : 429;
      const id = identify(request);
      nameClient(request);
      observe(request, response, path);
      setBodyDeadline(request, path, deadlines);
      closeAfterEarlyAnswer(request, response);
      if (fault) return refuseRequest(response, fault, id);
      response.house = laneHeaders(request, id);
      if (lane?.(request, response, path)) return;
      response.house = undefined;
      if (answerMethod(request, response, { path, id, dev })) return;
      setHeaders(request, response, { id, dev });
      if (answerOps(path, response)) return;
      if (path.startsWith("/api/uploads/")) readInGulps(request);
      next(request, response);
    },
  );
  watchSilent(server);
  continueWhenRead(server);
  server.on("checkExpectation", (request, response) => {
    refuseRequest(response, 417, identify(request));
  });
  // Beyond it Node would drop fields without a word.
  server.maxHeadersCount = 0;
  server.on("clientError", (error, socket) => refuse(socket, statusOf(error)));
  return server;
}

/** Ids from outside are taken only in a safe alphabet: they go to logs and back out. */
export function identify(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  setRequestHeader(request, "x-request-id", id);
  return id;
}

/** A handler sees no connection: it is told the client's address, whatever the client claims. */
function nameClient(request: IncomingMessage): void {
  const forwarded = request.headers["x-forwarded-for"];
  const { socket } = request;
  const hops = env().TRUSTED_PROXY_HOPS;
  const known = hops === 0 ? addresses.get(socket) : undefined;
  const address =
    known ??
    clientAddress(
      socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
      hops,
    );
  // Without a proxy it is the connection's, for as long as it lasts.
  if (hops === 0 && !known) addresses.set(socket, address);
  setRequestHeader(request, CLIENT_ADDRESS, address);
}
const addresses = new WeakMap<Socket, string>();

function observe(request: IncomingMessage, response: HouseResponse, path: string): void {
  const begun = performance.now();
  const endTraffic = traffic().begin(String(request.headers["x-request-id"]), request.socket);
  // It closes once: `once` would only be the dearer way to say so.
  response.on("close", () => {
    endTraffic();
    const seconds = (performance.now() - begun) / 1_000;
    const method = methods.has(request.method ?? "") ? (request.method as string) : "other";
    const { statusCode: status } = response;
    if (!response.isEventStream)
      metrics().requestSeconds(method, areaOf(path), status).observe(seconds);
    if (!logger().isLevelEnabled("debug")) return;
    const { "x-request-id": requestId } = request.headers;
    logger().debug({ requestId, method, path, status, ms: Math.round(seconds * 1e3) }, "request");
  });
}

/** Few values, whatever is asked for: a label for each path would let anyone fill our memory. */
const areaOf = (path: string) => /^\/(api|_next|socket\.io)(?=\/|$)/.exec(path)?.[1] ?? "page";
