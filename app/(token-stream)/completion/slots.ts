import { env } from "@/lib/env";
import { HttpError } from "@/lib/http";
import { remember } from "@/lib/remember";
import { producers } from "./producer";

/** Completions of this process that are being stored, and have no producer yet. */
const starting = () => remember("completions starting", () => ({ count: 0 }));

/**
 * Runs what stores a completion and starts its producer, where this instance has room for another one.
 * What it takes over from an instance that died counts, and is never refused.
 * @throws HttpError 503
 */
export async function withAnswerSlot<T>(work: () => Promise<T>): Promise<T> {
  if (producers().size + starting().count >= env().ANSWERS_PER_INSTANCE)
    throw new HttpError(
      503,
      "busy",
      "This instance makes all the answers it can. Try again shortly.",
      {
        headers: { "retry-after": "5" },
      },
    );
  starting().count++;
  try {
    return await work();
  } finally {
    starting().count--;
  }
}
