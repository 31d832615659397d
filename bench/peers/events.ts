import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "./listen.ts";

// An event stream from nothing but node:http: the frame is made once, and written to each reader.

const readers = new Set<ServerResponse>();
let id = 0;

listen(
  createServer(async (request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
      response.flushHeaders();
      readers.add(response);
      response.once("close", () => readers.delete(response));
      return;
    }
    const { payload } = (await json(request)) as { payload: string };
    const data = JSON.stringify({ at: new Date().toISOString(), payload });
    const frame = `id: ${++id}\nevent: note\ndata: ${data}\n\n`;
    for (const reader of readers) reader.write(frame);
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ id }));
  }),
);
