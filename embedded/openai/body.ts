import type { IncomingMessage } from "node:http";
import { ApiError } from "./request.ts";

export const MAX_BODY_BYTES = 1024 * 1024;

/** The body as text. Of one that is too large the rest is read and dropped, so that the answer arrives. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > MAX_BODY_BYTES) {
    throw new ApiError(413, "request_too_large", "The body may have 1 MiB at most.");
  }
  return Buffer.concat(chunks).toString("utf8");
}
