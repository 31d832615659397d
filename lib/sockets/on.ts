import type { Socket } from "socket.io";
import type { z } from "zod";
import { HttpError, invalid, problemOf } from "../http";
import { countRefusals } from "./refusals";

type Reply = (answer: { ok: boolean }) => void;

/** What is awaited of one event: its payload's contract, and the work. What it returns is the ack. */
export interface SocketHandler<T extends z.ZodType = z.ZodType> {
  payload: T;
  run(payload: z.infer<T>): object | undefined | Promise<object | undefined>;
}

/** Types a handler's payload by its contract. */
export const handler = <T extends z.ZodType>(payload: T, run: SocketHandler<T>["run"]) =>
  ({ payload, run }) as SocketHandler;

/**
 * The socket's counterpart of route(): each event is answered in its ack by `{ ok: true, … }` or by
 * `{ ok: false, problem }`, whatever was sent; a payload that its contract refuses reaches no work.
 */
export function listen(socket: Socket, handlers: Record<string, SocketHandler>): void {
  const refused = countRefusals(socket);
  socket.onAny(async (event: string, ...args: unknown[]) => {
    const last = args.at(-1);
    const reply: Reply = typeof last === "function" ? (last as Reply) : () => {};
    const payload = typeof args[0] === "function" ? undefined : args[0];
    try {
      const known = Object.hasOwn(handlers, event) ? handlers[event] : undefined;
      if (!known) throw new HttpError(400, "unknown-event", "There is no such event here.");
      const parsed = known.payload.safeParse(payload);
      if (!parsed.success) throw invalid(parsed.error, "invalid-payload");
      reply({ ok: true, ...(await known.run(parsed.data)) });
    } catch (error) {
      reply({ ok: false, ...problemOf(error, { event, socket: socket.id }) });
      // A failure of ours is none of the client's.
      if (error instanceof HttpError && error.status < 500) refused();
    }
  });
}
