import type { z } from "zod";
import { noteRefusal } from "./db/health";
import { refusalOf } from "./db/refusal";
import { logger } from "./logger";
import { assertSameSite } from "./origin";
import type { Problem } from "./problem";

/** A failure that the caller is told about, as RFC 9457 problem details. */
export class HttpError extends Error {
  /**
   * @param status the HTTP status
   * @param slug names the kind of problem: its `type` is /problems/<slug>
   * @param detail what happened and what to do next, for a person; never what is secret
   * @param extra headers of the answer, and further members of the problem object
   */
  constructor(
    readonly status: number,
    readonly slug: string,
    readonly detail: string,
    readonly extra: { headers?: HeadersInit; members?: Record<string, unknown> } = {},
  ) {
    super(`${status} ${slug}: ${detail}`);
    this.name = "HttpError";
  }

  /**
   * server.ts and the routes each have their own instance of this module, and what is remembered on
   * globalThis throws that of whoever made it first: the name decides, not the class.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "HttpError";
  }

  /** The problem object: the body of an HTTP answer, or the `problem` of a socket's ack. */
  problem(): Problem {
    const { status, slug, detail } = this;
    return {
      type: `/problems/${slug}`,
      title: titleOf(slug),
      status,
      detail,
      ...this.extra.members,
    };
  }
}

const titleOf = (slug: string) => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll("-", " ");

/** The same 404 for what does not exist and for what is not yours. */
export const notFound = (what = "There is nothing at this address.") =>
  new HttpError(404, "not-found", what);

/** 400 that names each field and what is wrong with it (RFC 9457's example extension `errors`). */
export function invalid(error: z.ZodError, slug = "invalid-request"): HttpError {
  const errors = error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  return new HttpError(400, slug, detail.join("; "), { members: { errors } });
}

/** A handler: Request in, Response out. `params` are those of the route's folder. */
export type Handler<P = Record<string, never>> = (
  request: Request,
  context: { params: Promise<P> },
) => Response | Promise<Response>;

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof methods)[number];

/**
 * Makes a route's exports from its handlers: every thrown error becomes problem+json, cross-site
 * mutations are refused, and a method without a handler answers 405 with Allow.
 */
export function route<P>(handlers: Partial<Record<Method, Handler<P>>>) {
  const { GET } = handlers;
  const offered: typeof handlers = { ...(GET && { HEAD: headOf(GET) }), ...handlers };
  const allow = [...methods.filter((method) => offered[method]), "OPTIONS"].join(", ");
  const wrap = (method: Method): Handler<P> => {
    const handler = offered[method];
    return (request, context) =>
      answerOf(() => {
        if (handler) {
          assertSameSite(request);
          return handler(request, context);
        }
        if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
        const detail = `${method} is not offered here, only ${allow}.`;
        throw new HttpError(405, "method-not-allowed", detail, { headers: { allow } });
      }, request);
  };
  return Object.fromEntries(methods.map((m) => [m, wrap(m)])) as Record<Method, Handler<P>>;
}

/** RFC 9110, 9.3.2: the headers of the GET, without its content. */
function headOf<P>(get: Handler<P>): Handler<P> {
  return async (request, context) => {
    const response = await get(request, context);
    await response.body?.cancel();
    return new Response(null, response);
  };
}

/**
 * What a handler answers, or what its error becomes. At once where the handler answers at once: a
 * promise would cost a small answer a tenth of its time.
 */
export function answerOf(
  handler: () => Response | Promise<Response>,
  request: Request,
): Response | Promise<Response> {
  const failed = (error: unknown) => toResponse(error, request);
  try {
    const answer = handler();
    return answer instanceof Promise ? answer.catch(failed) : answer;
  } catch (error) {
    return failed(error);
  }
}

/** The answer for a thrown error. */
export function toResponse(error: unknown, request: Request): Response {
  const requestId = request.headers.get("x-request-id") ?? undefined;
  const failure = failureOf(error, { requestId });
  const headers = new Headers(failure.extra.headers);
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  const body = { ...failure.problem(), ...(requestId && { requestId }) };
  const content = request.method === "HEAD" ? null : JSON.stringify(body);
  return new Response(content, { status: failure.status, headers });
}

/** The same for the ack of a socket's event. It has no headers: Retry-After becomes the member retryAfterMs. */
export function problemOf(error: unknown, context: object): { problem: Problem } {
  const failure = failureOf(error, context);
  const seconds = Number(new Headers(failure.extra.headers).get("retry-after"));
  return {
    problem: { ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }), ...failure.problem() },
  };
}

/** What is unknown is a bare 500: its detail is for the log alone. */
function failureOf(error: unknown, context: object): HttpError {
  const known = error instanceof HttpError ? error : refused(error);
  if (known) return known;
  logger().error({ err: error, ...context }, "request failed");
  return new HttpError(500, "internal-error", "Something broke on our side. Try again.");
}

/** A database that is away, or refuses for a reason that passes by itself (lib/db/refusal.ts). */
function refused(error: unknown): HttpError | undefined {
  const refusal = refusalOf(error);
  if (!refusal) return undefined;
  noteRefusal(refusal);
  const { status, slug, detail, retryAfterSeconds } = refusal;
  return new HttpError(status, slug, detail, {
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}

/** 204: there is nothing to show, and nothing to store. */
export function noContent(headers: HeadersInit = {}): Response {
  const response = new Response(null, { status: 204, headers });
  response.headers.set("cache-control", "no-store");
  return response;
}

/** The headers of a JSON answer. */
export const ofJson = { "content-type": "application/json", "cache-control": "private, no-store" };

function withJson(given: HeadersInit | undefined): Record<string, string> {
  if (!given) return ofJson;
  const own = Object.fromEntries(new Headers(given));
  return { ...ofJson, ...own, "content-type": ofJson["content-type"] };
}

/** A JSON answer. Private by default: most of ours depend on who asks. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), { ...init, headers: withJson(init.headers) });
}
