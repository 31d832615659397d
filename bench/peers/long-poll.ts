import { createServer, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

// Long polls from nothing but node:http: each answer is kept until something happens.

const waiting = new Set<ServerResponse>();
const headers = { "content-type": "application/json" };

listen(
  createServer((request, response) => {
    if (request.method === "GET") return void waiting.add(response);
    const sentAt = performance.timeOrigin + performance.now();
    const entry = { seq: 1, sentAt, payload: "x".repeat(32) };
    const body = JSON.stringify({ entries: [entry], position: 1 });
    for (const poll of waiting) poll.writeHead(200, headers).end(body);
    waiting.clear();
    response.writeHead(200, headers).end(JSON.stringify(entry));
  }),
);
