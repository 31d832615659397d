import type { Socket } from "socket.io";
import { sayGoodbye } from "./farewell";
import { socketLimits } from "./limits";

/**
 * Counts the events of a socket that were refused. A client that goes on sending what is refused is disconnected after
 * `refusalsPerMinute` of them within a minute: each refusal costs an answer, and would for ever.
 * @returns to be called at each refusal
 */
export function countRefusals(socket: Socket, now: () => number = Date.now): () => void {
  let begun = now();
  let count = 0;
  return () => {
    if (now() - begun >= 60_000) {
      begun = now();
      count = 0;
    }
    count++;
    if (count === socketLimits.refusalsPerMinute) sayGoodbye(socket, "too many refusals");
  };
}
