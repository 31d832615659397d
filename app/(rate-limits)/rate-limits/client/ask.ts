import type { z } from "zod";
import { problemSchema } from "@/lib/problem";
import {
  type AlgorithmName,
  type decidedBy,
  type LimitState,
  limitsAnswer,
  refusal,
  type Store,
  type WhenDown,
} from "../../contract";

/** One request to the playground. */
export interface Shot {
  algorithm: AlgorithmName;
  store: Store;
  weight?: number;
  down?: WhenDown;
}

/** What came of it. Status 0: no answer at all. */
export interface Outcome {
  status: number;
  /** From sending to the whole answer. */
  ms: number;
  instance?: string;
  decidedBy?: z.infer<typeof decidedBy>;
  retryAfterMs?: number;
  neededMs?: number;
  seen?: Pick<LimitState, "now" | "state">;
}

type OnFrame = (direction: "in" | "out", label: string, body: string) => void;

/** Sends one, to an instance by its origin ("" is this page's own), with the visitor's session. */
export async function ask(origin: string, shot: Shot, onFrame: OnFrame): Promise<Outcome> {
  const { algorithm, store, weight = 1, down = "insured" } = shot;
  const path = `/api/limits/${algorithm}?store=${store}&weight=${weight}&down=${down}`;
  onFrame("out", `GET ${path}`, origin);
  const begun = performance.now();
  try {
    const response = await fetch(origin + path, { credentials: "include", cache: "no-store" });
    const body: unknown = await response.json();
    const ms = performance.now() - begun;
    const said = ["ratelimit-policy", "ratelimit", "retry-after"]
      .map((name) => [name, response.headers.get(name)])
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}: ${value}`);
    onFrame("in", `${response.status}`, said.join("\n"));
    const { status } = response;
    if (status === 200) return { status, ms, ...limitsAnswer.parse(body) };
    if (status === 429) return { status, ms, ...refusal.parse(body) };
    problemSchema.parse(body);
    return { status, ms };
  } catch (error) {
    onFrame("in", "no answer", String(error));
    return { status: 0, ms: performance.now() - begun };
  }
}
