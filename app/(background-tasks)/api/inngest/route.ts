import { serve } from "inngest/next";
import type { NextRequest } from "next/server";
import { readText } from "@/lib/body";
import { env } from "@/lib/env";
import { type Handler, route } from "@/lib/http";
import { inngest } from "../../inngest/client";
import { functions } from "../../inngest/functions/all";

/** A call carries the event and the results of all steps before it: ours are small. */
const MAX_BYTES = 1024 * 1024;

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

/** Hands a call of bounded size to the SDK, which checks its signature before anything else. */
const call =
  (method: "GET" | "PUT" | "POST"): Handler =>
  async (request, context) => {
    handlers ??= createHandlers();
    const { url, headers } = request;
    const body = method === "GET" ? undefined : await readText(request, MAX_BYTES);
    const bounded = new Request(url, { method, headers, body });
    const response = await handlers[method](bounded as NextRequest, context);
    response.headers.set("cache-control", "no-store");
    return response;
  };

// Where Inngest calls us, whichever it is: the embedded one, the dev server, a self-hosted one, Cloud.
//   PUT → registers the functions; POST ?fnId=&stepId= → runs one step; GET → what is served here.
// Fails with 400, 401 (not signed, badly signed, signed too long ago, or taken before), 413.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: call("GET"),
  PUT: call("PUT"),
  POST: call("POST"),
});
