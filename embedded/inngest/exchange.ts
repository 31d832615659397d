import type { IncomingMessage, ServerResponse } from "node:http";

/** What an endpoint refuses with: `{"error": …, "status": …}`, as Inngest does. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY = 3 * 1024 * 1024;

/** The body of a request as JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The iterator would destroy the connection when it is left early: nobody would see the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new ApiError(413, "The body may have 3 MiB.");
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new ApiError(400, "The body is not JSON.");
  }
}

export function sendJson(response: ServerResponse, status: number, body?: object): void {
  if (body) response.setHeader("content-type", "application/json");
  // What is left of a request would be taken for the next one.
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status).end(body && JSON.stringify(body));
}

/** Answers with the error; what is not meant for the caller is only logged. */
export function sendError(
  response: ServerResponse,
  error: unknown,
  log: (line: string) => void,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError;
  if (!known) log(`A request failed: ${(error as Error).stack ?? error}`);
  const status = known ? error.status : 500;
  sendJson(response, status, { error: known ? error.message : "Internal error", status });
}
