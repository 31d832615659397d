import type { WireStore } from "@/components/wire-store";
import { problemSchema } from "@/lib/problem";
import { mediaTypeOf, PLAIN_JSON, VERSION_HEADER, type Version } from "../../contract";

/** A request of the page, before it is sent. */
export interface Asked {
  method?: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What came back. */
export interface Answered {
  status: number;
  /** In lower case, as fetch has them. */
  headers: Record<string, string>;
  body: string;
}

export interface Exchange {
  asked: Asked;
  answered: Answered;
}

export const ways = ["path", "header", "accept"] as const;
export type Way = (typeof ways)[number];

/** The request for a resource ("/articles") in a version, by one of the three ways. */
export function askFor(version: Version, way: Way, resource: string, body?: unknown): Asked {
  const asked: Asked = {
    path: way === "path" ? `/api/v${version}${resource}` : `/api${resource}`,
    headers: {
      ...(way === "header" && { [VERSION_HEADER]: String(version) }),
      ...(way === "accept" && { Accept: mediaTypeOf(version) }),
    },
  };
  if (body === undefined) return asked;
  const type = way === "accept" ? mediaTypeOf(version) : PLAIN_JSON;
  return {
    ...asked,
    method: "POST",
    headers: { ...asked.headers, "Content-Type": type },
    body: JSON.stringify(body),
  };
}

/** Those that a page tells of, in this order. */
export const toldHeaders = [
  "content-type",
  "x-api-version",
  "vary",
  "cache-control",
  "deprecation",
  "sunset",
  "link",
  "location",
  "demo-clock",
] as const;

/** Sends a request past the browser's own cache, and shows both sides of it on the wire. */
export function createSender(wire: WireStore, onAnswer: () => void) {
  return async function send(asked: Asked, signal?: AbortSignal): Promise<Exchange> {
    const { method = "GET", path, headers = {}, body } = asked;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    wire.add("out", `${method} ${path}`, [...lines, body ?? ""].join("\n").trim());
    const response = await fetch(path, { method, headers, body, signal, cache: "no-store" });
    const text = await response.text();
    const answered = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text,
    };
    const told = toldHeaders
      .filter((name) => answered.headers[name])
      .map((name) => `${name}: ${answered.headers[name]}`);
    wire.add(
      "in",
      `${answered.status}`,
      `${told.join("\n")}\n${text}`,
      new TextEncoder().encode(text).length,
    );
    onAnswer();
    return { asked, answered };
  };
}

export type Send = ReturnType<typeof createSender>;

/** What a problem says to a person. */
export function detailOf(body: string): string {
  const problem = problemSchema.safeParse(parsed(body)).data;
  return problem?.detail ?? "The answer is none of this API's.";
}

/** The JSON of an answer laid out in lines; what is none stays as it is. */
export function pretty(body: string): string {
  const value = parsed(body);
  return value === undefined ? body : JSON.stringify(value, null, 2);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
