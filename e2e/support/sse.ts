import { type ClientRequest, type IncomingHttpHeaders, request } from "node:http";
import type { EventType, Published } from "../../app/(event-stream)/contract";
import { createSseParser, type ParsedEvent } from "../../lib/sse-parser";
import { A } from "../fixtures";
import { call, type Guest } from "./guest";

/** A stream as a program sees it, byte for byte. Resolved once its head is there. */
export interface EventReading {
  status: number;
  headers: IncomingHttpHeaders;
  events: ParsedEvent[];
  /** Everything received so far. */
  text(): string;
  /** The last id seen, as EventSource would send it back. */
  lastEventId(): string;
  /** Resolves when the stream ended, or was cut. */
  over: Promise<void>;
  close(): void;
}

export interface OpenOptions {
  base?: string;
  path?: string;
  lastEventId?: string;
}

/** Opens a stream of events. Rejects where the connection breaks before the head. */
export function openEvents(guest: Guest, options: OpenOptions = {}): Promise<EventReading> {
  const { base = A, path = "/api/events/me", lastEventId } = options;
  const headers: Record<string, string> = { authorization: `Bearer ${guest.token}` };
  if (lastEventId !== undefined) headers["last-event-id"] = lastEventId;
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(new URL(path, base), { headers, agent: false });
    asked.once("error", reject);
    asked.once("response", (response) => {
      const events: ParsedEvent[] = [];
      let text = "";
      const parser = createSseParser({ onEvent: (event) => events.push(event) });
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        parser.feed(piece);
      });
      response.on("error", () => {});
      const over = new Promise<void>((done) => response.once("close", () => done()));
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        events,
        text: () => text,
        lastEventId: parser.lastEventId,
        over,
        close: () => asked.destroy(),
      });
    });
    asked.end();
  });
}

export function publishRaw(guest: Guest, body: unknown, headers: HeadersInit = {}, base = A) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return call("/api/events", { method: "POST", guest, base, body: text, headers });
}

/** Publishes one event. */
export async function publish(
  guest: Guest,
  payload: unknown,
  { type = "note" as EventType, base = A } = {},
): Promise<Published> {
  const response = await publishRaw(guest, { type, payload }, {}, base);
  // Not `expect`, which looks through all steps before it: of ten thousand, each takes 14 ms.
  if (response.status !== 201)
    throw new Error(`Answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Published;
}

/** The ids of the user's own events, without those of live, reset and end. */
export const idsOf = (events: ParsedEvent[]) =>
  events
    .filter(({ event }) => !["live", "reset", "end"].includes(event))
    .map(({ id }) => Number(id));

/** One value of an instance's /metrics. */
export async function metric(name: string, base = A): Promise<number> {
  const text = await (await fetch(new URL("/metrics", base))).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}
