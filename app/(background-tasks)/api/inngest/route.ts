import { serve } from "inngest/next";
import type { NextRequest } from "next/server";
import { env } from "@/lib/env";
import { type Handler, HttpError, route } from "@/lib/http";
import { logger } from "@/lib/logger";
import { remember } from "@/lib/remember";
import { assertCallBody } from "../../inngest/call-body";
import { inngest } from "../../inngest/client";
import { functions } from "../../inngest/functions/all";
import { createCallReader } from "../../inngest/read-calls";
import { assertFreshlySigned, notSigned } from "../../inngest/signature";

/** A call carries the event and the results of all steps before it: ours are small. */
const limits = { callBytes: 1024 * 1024, totalBytes: 16 * 1024 * 1024 };
const calls = () => remember("inngest-calls", () => createCallReader(limits));

const createHandlers = () =>
  serve({
    client: inngest(),
    functions: functions(),
    serveOrigin: env().INNGEST_SERVE_ORIGIN,
    // Whoever is not Inngest must not make it register us anew.
    enableUnauthedSync: false,
  }) as Record<
    "GET" | "PUT" | "POST",
    (request: NextRequest, context: unknown) => Promise<Response>
  >;
let handlers: ReturnType<typeof createHandlers> | undefined;

/** Hands a call to the SDK, which checks its signature, once all that can be checked before is right. */
async function answer(method: "GET" | "PUT" | "POST", request: Request, context: unknown) {
  handlers ??= createHandlers();
  const { url, headers } = request;
  if (!env().INNGEST_DEV) assertFreshlySigned(headers, Date.now());
  const body = method === "GET" ? undefined : await calls().read(request);
  if (method !== "GET") assertCallBody(method, body ?? "", headers);
  const whole = new Request(url, { method, headers, body });
  const response = await handlers[method](whole as NextRequest, context);
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  if (response.status === 401 && !isProblem) throw notSigned();
  response.headers.set("cache-control", "no-store");
  return response;
}

/** A call that is refused before any function runs is a line in the log, since anybody can make one. */
const call =
  (method: "GET" | "PUT" | "POST"): Handler =>
  (request, context) =>
    answer(method, request, context).catch((error: unknown) => {
      if (error instanceof HttpError) {
        const requestId = request.headers.get("x-request-id");
        const { status, slug } = error;
        logger().info({ requestId, method, status, problem: slug }, "inngest: refused a call");
      }
      throw error;
    });

// Where Inngest calls us, whichever it is: the embedded one, the dev server, a self-hosted one, Cloud.
//   PUT → registers the functions; POST ?fnId=&stepId= → runs one step; GET → what is served here.
// Fails with 400, 401 (not signed, badly signed, signed too long ago, or taken before), 413, 503 (all calls
// together are too large to be read at once).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: call("GET"),
  PUT: call("PUT"),
  POST: call("POST"),
});
