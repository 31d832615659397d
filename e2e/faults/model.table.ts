import type { Fault } from "../support/faulty-proxy";

/** What the `error` of an answer says: the kind of the problem, and its status. */
export const modelTable: Record<Fault, [kind: string, status: number]> = {
  refuse: ["provider-unreachable", 502],
  // OPENAI_SILENCE_SECONDS is one here.
  hang: ["provider-silent", 504],
  html: ["provider-nonsense", 502],
  error: ["provider-broken", 502],
  truncated: ["provider-nonsense", 502],
  cut: ["provider-cut", 502],
};
