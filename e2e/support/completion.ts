import { type ClientRequest, type IncomingHttpHeaders, request } from "node:http";
import { type CompletionState, completionState } from "../../app/(token-stream)/contract";
import { createSseParser, type ParsedEvent } from "../../lib/sse-parser";
import { A, expect } from "../fixtures";
import { call, type Guest } from "./guest";

export const QUESTION = "How does the event stream resume after a cut?";

/** One reader of a completion, byte for byte. Resolved once its head is there. */
export interface Reading {
  status: number;
  headers: IncomingHttpHeaders;
  id: string;
  events: ParsedEvent[];
  /** The tokens, joined. */
  text(): string;
  isDone(): boolean;
  lastEventId(): string;
  over: Promise<void>;
  close(): void;
  /** Stops, or goes on, taking bytes from the socket. */
  pause(): void;
  resume(): void;
}

interface Options {
  base?: string;
  lastEventId?: string;
}

/** Asks, and reads the answer that the POST itself is. */
export const ask = (guest: Guest, prompt = QUESTION, options: Options = {}) =>
  open(guest, "POST", "/api/completions", JSON.stringify({ prompt }), options);

/** Joins the readers of a completion. */
export const read = (guest: Guest, id: string, options: Options = {}) =>
  open(guest, "GET", `/api/completions/${id}/stream`, "", options);

function open(
  guest: Guest,
  method: string,
  path: string,
  body: string,
  { base = A, lastEventId }: Options,
): Promise<Reading> {
  const headers = {
    authorization: `Bearer ${guest.token}`,
    ...(body && { "content-type": "application/json" }),
    ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(new URL(path, base), { method, headers, agent: false });
    asked.once("error", reject);
    asked.once("response", (response) => {
      const events: ParsedEvent[] = [];
      const parser = createSseParser({ onEvent: (event) => events.push(event) });
      response.setEncoding("utf8").on("data", (piece: string) => parser.feed(piece));
      response.on("error", () => {});
      asked.on("error", () => {});
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        id: String(response.headers["content-location"] ?? path).replace(
          /^\/api\/completions\/([\w-]+).*$/,
          "$1",
        ),
        events,
        text: () => textOf(events),
        isDone: () => events.at(-1)?.data === "[DONE]",
        lastEventId: parser.lastEventId,
        over: new Promise<void>((done) => response.once("close", () => done())),
        close: () => asked.destroy(),
        pause: () => response.pause(),
        resume: () => response.resume(),
      });
    });
    asked.end(body);
  });
}

/** The tokens of some events, joined. */
export const textOf = (events: ParsedEvent[]) =>
  events
    .filter(({ event, data }) => event === "message" && data !== "[DONE]")
    .map(({ data }) => JSON.parse(data).token)
    .join("");

export async function stateOf(guest: Guest, id: string, base = A): Promise<CompletionState> {
  const response = await call(`/api/completions/${id}`, { guest, base });
  expect(response.status).toBe(200);
  return completionState.parse(await response.json());
}

export const stop = (guest: Guest, id: string, base = A) =>
  call(`/api/completions/${id}/stop`, { guest, base, method: "POST" });
