import { createServer, type Server } from "node:http";
import { serve } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import { listen } from "./listen.ts";

// A small JSON answer, by KIND: bare, hono or fastify. No headers but their own.

const answer = () => ({ instance: process.env.INSTANCE_NAME ?? "A", openStreams: 0 });
const port = Number(process.env.PORT);
const hostname = "127.0.0.1";

const kinds: Record<string, () => unknown> = {
  bare: () =>
    listen(
      createServer((request, response) => {
        if (request.url !== "/api/events/pulse") return response.writeHead(404).end();
        const body = JSON.stringify(answer());
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        });
        response.end(body);
      }) as Server,
    ),
  hono() {
    const app = new Hono();
    app.get("/api/events/pulse", (context) => context.json(answer()));
    serve({ fetch: app.fetch, port, hostname }, () => process.send?.("listening"));
  },
  async fastify() {
    const app = fastify();
    app.get("/api/events/pulse", async () => answer());
    await app.listen({ port, host: hostname });
    process.send?.("listening");
  },
};
kinds[process.env.KIND ?? ""]?.();
