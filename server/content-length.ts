import type { ServerResponse } from "node:http";

/**
 * Next drops the Content-Length of a route's Response, that of a download and of a HEAD as well. A
 * route says it as X-Content-Length, and it goes out by its own name: a browser can then tell how
 * far a download is, and notices one that was cut short.
 */
export function keepContentLength(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    const length = response.getHeader("X-Content-Length");
    if (length !== undefined) {
      response.removeHeader("X-Content-Length");
      response.setHeader("Content-Length", String(length));
    }
    return Reflect.apply(writeHead, this, args);
  } as typeof writeHead;
}
