import canonicalize from "canonicalize";
import { type Answer, Lost, Refused, send } from "./call.ts";
import { attemptOf, type Claimed } from "./claim.ts";
import type { Executor } from "./executor.ts";
import { DISCOVER } from "./runs.ts";
import { verify } from "./signature.ts";
import { ulid } from "./ulid.ts";

/** What became of a call. */
export type Outcome =
  | { kind: "answered"; answer: Answer }
  /** No instance took the request: no code has run. */
  | { kind: "unreachable" }
  /** The app fell silent, or something other than the SDK answered. */
  | { kind: "lost"; reason: string }
  /** The executor ends; the next one makes the call again. */
  | { kind: "abandoned" };

/** Calls the app: an instance that refuses the connection is passed over. */
export async function callApp(ex: Executor, claimed: Claimed): Promise<Outcome> {
  const body = canonicalize(requestBody(claimed, ulid(ex.now()))) as string;
  for (const instance of ex.instances.candidates(claimed.config.appId)) {
    const url = new URL(instance.url);
    url.searchParams.set("fnId", claimed.config.id);
    url.searchParams.set("stepId", claimed.step);
    try {
      const { signingKey, signal } = ex;
      const answer = await send(url.href, {
        method: "POST",
        body,
        signingKey,
        now: ex.now(),
        signal,
      });
      return recognise(ex, answer);
    } catch (error) {
      if (ex.signal.aborted) return { kind: "abandoned" };
      ex.instances.down(instance);
      if (error instanceof Lost) return { kind: "lost", reason: error.message };
      if (!(error instanceof Refused)) throw error;
    }
  }
  return { kind: "unreachable" };
}

/** The SDK says who it is, and signs what it says where there is a key. */
function recognise(ex: Executor, answer: Answer): Outcome {
  const { status, headers, text } = answer;
  if (!headers["x-inngest-sdk"]) {
    return { kind: "lost", reason: `something other than the SDK answered (status ${status})` };
  }
  const { signingKey } = ex;
  if (signingKey && !verify(headers["x-inngest-signature"], text, signingKey, ex.now())) {
    return { kind: "lost", reason: `the signature of the answer is not valid (status ${status})` };
  }
  return { kind: "answered", answer };
}

function requestBody(claimed: Claimed, id: string): object {
  const { run, config, step, steps } = claimed;
  const done = steps.filter(({ status }) => status === "done");
  const stack = done.map(({ id }) => id);
  return {
    version: 2,
    event: run.events[0],
    events: run.events,
    steps: Object.fromEntries(done.map(({ id, result }) => [id, result])),
    // No fn_id: it would switch checkpointing on, which writes to an API that is not here.
    ctx: {
      run_id: run.id,
      attempt: attemptOf(claimed),
      max_attempts: config.maxAttempts,
      // While other steps are open, a step that is found is planned, never run at once.
      disable_immediate_execution:
        step !== DISCOVER || steps.some(({ status }) => status === "pending"),
      use_api: false,
      // Signatures count in seconds: without it, a call that is made again would be signed like the one before.
      qi_id: id,
      stack: { stack, current: stack.length },
    },
  };
}
