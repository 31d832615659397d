import type { z } from "zod";
import type { WireStore } from "@/components/wire-store";
import { problemSchema } from "@/lib/problem";

/** A refusal, in the server's words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Headers that belong to the story of a page. */
const told = ["link", "server-timing", "location", "retry-after"];

/** Calls the API, shows what crosses the wire, and parses the answer by its contract. */
export function createApi(wire: WireStore) {
  async function call<T extends z.ZodType>(
    schema: T,
    url: string,
    init: { method?: string; body?: unknown; signal?: AbortSignal } = {},
  ): Promise<z.infer<T>> {
    const { method = "GET", body, signal } = init;
    const content = body === undefined ? undefined : JSON.stringify(body);
    wire.add("out", `${method} ${url}`, content ?? "");
    const response = await fetch(url, {
      method,
      signal,
      body: content,
      headers: content ? { "content-type": "application/json" } : {},
    });
    const text = await response.text();
    const headers = told.flatMap((name) => {
      const value = response.headers.get(name);
      return value ? [`${name}: ${value}\n`] : [];
    });
    wire.add("in", `${response.status}`, headers.join("") + text, new Blob([text]).size);
    if (response.ok) return schema.parse(JSON.parse(text));
    const problem = problemSchema.safeParse(JSON.parse(text)).data;
    throw new Refusal(
      response.status,
      problem?.detail ?? `The server answered ${response.status}.`,
    );
  }
  return { call };
}

export type Api = ReturnType<typeof createApi>;
