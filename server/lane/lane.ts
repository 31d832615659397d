import type { IncomingMessage } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { pushedBodyOf } from "@/lib/pushed-body";
import { setBodySource } from "@/lib/request-body";
import { gulps } from "../gulps";
import type { HouseResponse } from "../response";
import { socketSink } from "./socket-sink";
import { createTable, type Routes } from "./table";

/** Answers a request, or says that it is not one of its own. */
export type Lane = (request: IncomingMessage, response: HouseResponse, path: string) => boolean;

/**
 * The direct lane: calls the functions that the route files export, those that Next calls, in front
 * of Next. A request through Next costs about 1 ms, through here some 20 µs. See
 * docs/decisions/0013-the-direct-lane.md.
 */
export function createLane(routes: Routes): Lane {
  const find = createTable(routes);
  const listener = getRequestListener(
    (request, bindings) => {
      const { incoming, outgoing } = bindings as HttpBindings;
      const { module, params } = (outgoing as HouseResponse).match ?? unmatched();
      const handle = module[request.method] ?? unmatched();
      if (request.method !== "GET" && request.method !== "HEAD")
        setBodySource(request, { [Symbol.asyncIterator]: () => gulps(incoming) });
      const response = handle(request, { params: Promise.resolve(params) });
      return response instanceof Promise
        ? response.then((settled) => send(settled, outgoing))
        : send(response, outgoing);
    },
    // Its Response is taken by our own code alone (light.ts); unread bodies are early-answer.ts's.
    { overrideGlobalObjects: false, autoCleanupIncoming: false },
  );

  return (request, response, path) => {
    const match = find(path);
    if (!match) return false;
    response.match = match;
    void listener(request, response);
    return true;
  };
}

/** What the adapter is to write: the answer itself, or nothing where its body is pushed. */
function send(response: Response, outgoing: HttpBindings["outgoing"]): Response {
  const pushed = pushedBodyOf(response);
  if (!pushed) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).flushHeaders();
  pushed.attach((events) => socketSink(outgoing, events));
  return RESPONSE_ALREADY_SENT;
}

function unmatched(): never {
  throw new Error("no route was matched");
}
