import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "@/lib/http";
import { ownHeaders } from "./headers";

/** What pages, assets and the operators' addresses offer. */
const allow = "GET, HEAD, OPTIONS";

/** Next's development server takes POST at addresses of its own. */
const isOfDevServer = (path: string) => /^\/(_next|__nextjs)/.test(path);

/**
 * Outside of /api everything is read, and nothing else: OPTIONS says so (RFC 9110, 9.3.7), and every other
 * method is answered 405 with Allow (15.5.6). Next would answer PUT and POST with the page, OPTIONS with
 * an empty 400, and an asset's 405 with a second Allow; and it would read a form for Server Actions, of
 * which there are none here.
 *
 * @returns false where the request is to be answered by somebody else
 */
export function answerMethod(
  request: IncomingMessage,
  response: ServerResponse,
  { path, id, dev }: { path: string; id: string; dev: boolean },
): boolean {
  const { method } = request;
  if (method === "GET" || method === "HEAD" || /^\/api(\/|$)/.test(path)) return false;
  if (dev && isOfDevServer(path)) return false;
  const headers = { ...ownHeaders(request, id), allow };
  if (method === "OPTIONS") {
    response.writeHead(204, headers).end();
    return true;
  }
  const detail = `${method} is not offered here, only ${allow}.`;
  const problem = new HttpError(405, "method-not-allowed", detail).problem();
  response.writeHead(405, { ...headers, "content-type": "application/problem+json" });
  response.end(JSON.stringify({ ...problem, requestId: id }));
  return true;
}
