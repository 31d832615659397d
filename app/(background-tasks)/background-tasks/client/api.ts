import type { z } from "zod";
import { problemSchema } from "@/lib/problem";
import { cronRuns, type Input, jobAccepted, jobPage, jobState, type Kind } from "../../contract";
import { taskPage, taskState } from "../../tasks/contract";

/** Tells the wire panel what crossed. */
export type OnFrame = (
  direction: "in" | "out",
  label: string,
  body: string,
  bytes?: number,
) => void;

const RETRIES = 4;
const RETRY_MS = 700;

/** The calls of this page, each answered as the contract says, or thrown as a sentence. */
export function createApi(onFrame: OnFrame) {
  async function call<T extends z.ZodType>(
    schema: T,
    path: string,
    init: RequestInit & { quiet?: boolean } = {},
  ): Promise<z.infer<T>> {
    const { quiet, ...rest } = init;
    const method = rest.method ?? "GET";
    if (!quiet) onFrame("out", `${method} ${path}`, String(rest.body ?? ""));
    const response = await fetch(path, { ...rest, cache: "no-store" });
    const text = await response.text();
    if (!quiet) {
      const location = response.headers.get("location");
      const head = `${response.status} ${response.statusText}`;
      onFrame("in", location ? `${head} → ${location}` : head, text, text.length);
    }
    if (response.ok) return schema.parse(JSON.parse(text));
    const problem = problemSchema.safeParse(parse(text)).data;
    throw new Refused(problem?.detail ?? `The server answered ${response.status}.`);
  }
  const post = (body: object, headers: Record<string, string> = {}) => ({
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

  return {
    /** With a key, so that a request whose answer was lost is repeated and makes no second job. */
    async startJob<K extends Kind>(
      kind: K,
      input: z.input<typeof import("../../contract").inputs[K]>,
    ) {
      const key = crypto.randomUUID();
      for (let attempt = 0; ; attempt++) {
        try {
          return await call(
            jobAccepted,
            `/api/jobs/${kind}`,
            post(input as Input, { "idempotency-key": key }),
          );
        } catch (error) {
          if (error instanceof Refused || attempt === RETRIES) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (attempt + 1)));
        }
      }
    },
    startTask: (note: string, seconds: number) =>
      call(taskState, "/api/tasks", post({ note, seconds })),
    cancel: (id: string) => call(anything, `/api/jobs/${id}/cancel`, post({})),
    replay: (id: string) => call(anything, `/api/jobs/${id}/replay`, post({})),
    job: (id: string) => call(jobState, `/api/jobs/${id}`, { quiet: true }),
    jobs: () => call(jobPage, "/api/jobs?limit=24"),
    tasks: () => call(taskPage, "/api/tasks", { quiet: true }),
    cronRuns: () => call(cronRuns, "/api/cron-runs", { quiet: true }),
  };
}

/** The server has answered, and said no. */
class Refused extends Error {}

const anything = { parse: (value: unknown) => value } as unknown as z.ZodType<unknown>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
