import type { IncomingMessage, Server, ServerResponse } from "node:http";

/**
 * `Expect: 100-continue` (RFC 9110, 10.1.1): the client waits to be asked for the body. It is asked
 * when a handler begins to read; one that refuses by the headers alone answers, and no byte is sent.
 */
export function continueWhenRead(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    const read = request._read;
    request._read = (size) => {
      request._read = read;
      if (!response.headersSent) response.writeContinue();
      return read.call(request, size);
    };
    server.emit("request", request, response);
  });
}
