import { createServer, request } from "node:http";
import { createSseParser } from "../../lib/sse-parser.ts";

// The same work from nothing but node:http: asks the upstream, and passes its tokens on as events.
// It keeps nothing: a reader that leaves, or this process's death, is the end of the answer.

const upstream = new URL(`${process.env.UPSTREAM}/v1/chat/completions`);

createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let id = 0;
  const parser = createSseParser({
    onEvent({ data }) {
      if (data === "[DONE]") return void response.end("data: [DONE]\n\n");
      const token = JSON.parse(data).choices[0].delta.content;
      if (token) response.write(`id: ${++id}\ndata: ${JSON.stringify({ token })}\n\n`);
    },
  });
  const asked = request(upstream, { method: "POST", agent: false }, (answer) => {
    answer.setEncoding("utf8").on("data", (piece: string) => parser.feed(piece));
  });
  asked.end(JSON.stringify({ model: "clock", stream: true, messages: [] }));
}).listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.("listening"));
