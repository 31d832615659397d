import { z } from "zod";
import type { LogEntry } from "@/lib/log/types";
import { endReason, type SourceState, settings } from "../contract";

/** The commands of a visitor's source are a stream of their own, in the order of commits. */
export const controlOf = (userId: string) => `realtime:${userId}:source`;

const word = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), settings }),
  z.object({ type: z.literal("changed"), run: z.number(), settings }),
  z.object({ type: z.literal("stopped"), run: z.number(), reason: endReason }),
]);
export type Word = z.infer<typeof word>;

/** The state of a source, and which run it is of: the sequence number of its `started`. */
export interface Controlled extends SourceState {
  run: number;
}

export const never: Controlled = { run: 0, running: false, settings: null, ended: null };

/** One command more. What is said to a run that another has replaced means nothing. */
export function apply(state: Controlled, { seq, type, data }: LogEntry): Controlled {
  const said = word.parse({ type, ...(data as object) });
  if (said.type === "started")
    return { run: seq, running: true, settings: said.settings, ended: null };
  if (said.run < state.run) return state;
  if (said.type === "changed")
    return { run: said.run, running: true, settings: said.settings, ended: null };
  return { ...state, run: said.run, running: false, ended: said.reason };
}
