import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { postEvents } from "./event-api.ts";
import { ApiError, readJson, sendJson } from "./exchange.ts";
import type { Executor } from "./executor.ts";
import { register, registration } from "./registry.ts";
import { deleteRun, getEventRuns, getJobs, getRun, postCancellation } from "./rest-api.ts";
import { isSigningKey } from "./signature.ts";

/** The API of the executor: what the SDK calls, and the part of Inngest's REST API that it has. */
export async function route(
  ex: Executor,
  request: IncomingMessage,
  response: ServerResponse,
  eventKey: string | undefined,
): Promise<void> {
  const [pathname = "/"] = (request.url ?? "/").split("?");
  const [, root = "", ...rest] = pathname.split("/").map(decode);
  const asked = `${request.method} /${root}`;
  if (asked === "GET /health") return sendJson(response, 200, { status: 200, message: "OK" });
  if (asked === "POST /e" && rest.length === 1) {
    return postEvents(ex, request, response, { key: rest[0] as string, eventKey });
  }

  if (root !== "v1" && pathname !== "/fn/register") throw notFound(request);
  authorize(ex, request);
  if (asked === "POST /fn") return postRegistration(ex, request, response);
  const [kind, id = "", below] = rest;
  switch (`${request.method} ${[kind, id && ":id", below].filter(Boolean).join("/")}`) {
    case "GET events/:id/runs":
      return getEventRuns(ex, response, id);
    case "GET runs/:id":
      return getRun(ex, response, id);
    case "GET runs/:id/jobs":
      return getJobs(ex, response, id);
    case "DELETE runs/:id":
      return deleteRun(ex, response, id);
    case "POST cancellations":
      return postCancellation(ex, request, response);
    default:
      throw notFound(request);
  }
}

/**
 * POST /fn/register: an app registers itself, as when somebody sends PUT to its serve endpoint.
 * It is called at the addresses that the executor was given, never at the one that it names.
 */
async function postRegistration(ex: Executor, request: IncomingMessage, response: ServerResponse) {
  const parsed = registration.safeParse(await readJson(request));
  if (!parsed.success) throw new ApiError(400, z.prettifyError(parsed.error));
  const { appId, functions } = parsed.data;
  const { modified, refused } = await register(ex, appId, functions);
  if (refused.length > 0) throw new ApiError(400, refused.join("\n"));
  sendJson(response, 200, { ok: true, status: 200, modified });
}

/** The signing key as a bearer token; without one, whoever reaches the port may ask. */
function authorize(ex: Executor, request: IncomingMessage): void {
  if (!ex.signingKey) return;
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  if (!isSigningKey(token, ex.signingKey)) throw new ApiError(401, "Unauthorized");
}

const notFound = (request: IncomingMessage) =>
  new ApiError(404, `Not supported here: ${request.method} ${request.url?.split("?")[0]}`);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(400, "The path is malformed.");
  }
}
