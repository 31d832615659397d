import createClient from "openapi-fetch";
import type { z } from "zod";
import type { paths } from "@/lib/openapi/generated/paths";
import { problemSchema } from "@/lib/problem";

/** Tells the wire panel what crossed. */
export type OnFrame = (
  direction: "in" | "out",
  label: string,
  body: string,
  bytes?: number,
) => void;

/** The server has answered, and said no: in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Of the problem (RFC 9457), where the answer was one. */
    readonly type?: string,
  ) {
    super(message);
  }
}

/** The API's client (lib/api.ts), which shows what crosses the wire. `told`: headers of the answer to show. */
export function createWireClient(onFrame: OnFrame, told: readonly string[] = []) {
  const client = createClient<paths>();
  client.use({
    async onRequest({ request }) {
      onFrame("out", `${request.method} ${pathOf(request)}`, await request.clone().text());
    },
    async onResponse({ request, response }) {
      const headers = told.flatMap((name) => {
        const value = response.headers.get(name);
        return value ? [`${name}: ${value}\n`] : [];
      });
      const text = await response.clone().text();
      const bytes = new TextEncoder().encode(text).byteLength;
      onFrame("in", `${response.status} ${pathOf(request)}`, headers.join("") + text, bytes);
    },
  });
  return client;
}

const pathOf = ({ url }: Request) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/**
 * What a call has answered, parsed by its contract.
 * @throws Refusal with the problem's own words
 */
export async function parsed<T extends z.ZodType>(
  schema: T,
  call: Promise<{ data?: unknown; error?: unknown; response: Response }>,
): Promise<z.infer<T>> {
  const { data, error, response } = await call;
  if (response.ok) return schema.parse(data);
  const { type } = problemSchema.safeParse(error).data ?? {};
  throw new Refusal(response.status, detailOf(error, response.status), type);
}

/** A problem's own words, or that there were none. */
export function detailOf(problem: unknown, status: number): string {
  const said = problemSchema.safeParse(problem).data;
  return said?.detail ?? said?.title ?? `The server answered ${status}.`;
}
