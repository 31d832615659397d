import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** When each job's work began, in milliseconds since 1970. The work is nothing: that is also its end. */
export const started: Record<string, number> = {};

/** POST → 202 { id }, once the job is in the queue; GET → when each has begun. */
export function serveQueue(
  add: (job: { id: string }) => Promise<unknown>,
  stop: () => Promise<unknown>,
): void {
  createServer(async (request, response) => {
    if (request.method === "POST") {
      const id = crypto.randomUUID();
      await text(request);
      await add({ id });
      response.writeHead(202, { "content-type": "application/json" });
      response.end(JSON.stringify({ id }));
    } else response.end(JSON.stringify(started));
  }).listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.("listening"));

  process.once("SIGTERM", async () => {
    await stop();
    process.exit(0);
  });
}
