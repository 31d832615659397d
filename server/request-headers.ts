import type { IncomingMessage } from "node:http";

/**
 * Sets a header of a request, in the place of what the client sent by that name: in `headers`, which
 * Next reads, and in `rawHeaders`, which the adapter of the direct lane reads as well.
 */
export function setRequestHeader(request: IncomingMessage, name: string, value: string): void {
  const { headers, rawHeaders } = request;
  if (name in headers)
    for (let i = rawHeaders.length - 2; i >= 0; i -= 2)
      if (rawHeaders[i]?.toLowerCase() === name) rawHeaders.splice(i, 2);
  headers[name] = value;
  rawHeaders.push(name, value);
}
