import { answerOf, type Handler } from "./http";
import { isAllowedOrigin } from "./origin";

const EXPOSED = "RateLimit, RateLimit-Policy, Retry-After";

/**
 * Lets pages of our other instances read an answer, problems included, with the visitor's session.
 * For GET alone: such a request needs no preflight, and changes nothing.
 */
export function withCors<P>(handler: Handler<P>): Handler<P> {
  return async (request, context) => {
    const response = await answerOf(() => handler(request, context), request);
    const origin = request.headers.get("origin");
    response.headers.append("vary", "Origin");
    if (origin === null || !isAllowedOrigin(origin)) return response;
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-allow-credentials", "true");
    response.headers.set("access-control-expose-headers", EXPOSED);
    return response;
  };
}
