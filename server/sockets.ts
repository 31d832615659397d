import { type IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "socket.io";
import { setBodyDeadline } from "./body-deadline";
import { deadlines } from "./deadlines";
import { closeAfterEarlyAnswer } from "./early-answer";
import { faultOf } from "./head";
import { setHeaders } from "./headers";
import { identify } from "./http";
import { refuse, refuseRequest } from "./refusal";
import type { HouseResponse } from "./response";

/**
 * Engine.IO takes the requests of its path before our own listener sees them. Its requests are checked
 * all the same, and its answers get an id, the headers of the house and an end of slow bodies.
 */
export function coverSockets({ engine }: Server): void {
  engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const polls = response instanceof ServerResponse;
    const id = identify(request);
    const fault = faultOf(request);
    if (fault && polls) return refuseRequest(response, fault, id);
    if (fault) return refuse(request.socket, fault);
    if (polls) {
      setBodyDeadline(request, request.url ?? "", deadlines);
      closeAfterEarlyAnswer(request, response as HouseResponse);
    }
    // The answer to an upgrade is no ServerResponse, but takes headers as one.
    setHeaders(request, response, { id, dev: false });
    response.setHeader("Cache-Control", "no-store");
    next();
  });
  // It writes the refusal of an upgrade as a page, without any of that: here it is written before.
  engine.on("connection_error", ({ req }: { req: IncomingMessage & { res?: unknown } }) => {
    if (!req.res) refuse(req.socket, 400);
  });
}
