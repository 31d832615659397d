import { z } from "zod";
import type { Tx } from "./database.ts";
import { type EventValue, type Executor, errorOf } from "./executor.ts";
import { createRun, type Run } from "./runs.ts";
import { completeStep } from "./steps.ts";
import { ulid } from "./ulid.ts";

const options = z.looseObject({
  function_id: z.string(),
  payload: z
    .looseObject({
      data: z.record(z.string(), z.unknown()).nullish(),
      v: z.string().nullish(),
      user: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/** Starts the run that an invoking step waits for: no event is matched, the function is named. */
export async function invoke(ex: Executor, tx: Tx, parent: Run, step: string, given: unknown) {
  const parsed = options.safeParse(given);
  const id = parsed.success ? parsed.data.function_id : "";
  if (!parsed.success || !ex.functions.has(id)) {
    const error = errorOf({ message: `There is no function ${id} to invoke.` });
    return completeStep(ex, tx, parent, step, { error });
  }
  const { data, v, user } = parsed.data.payload ?? {};
  const eventId = ulid(ex.now());
  const event: EventValue = {
    id: eventId,
    name: "inngest/function.invoked",
    data: data ?? {},
    ts: ex.now(),
    ...(user ? { user } : {}),
    ...(v ? { v } : {}),
  };
  await tx.query("insert into events (id, name, event) values ($1, $2, $3)", [
    eventId,
    event.name,
    JSON.stringify(event),
  ]);
  const at = { run: parent.id, step };
  await createRun(ex, tx, id, { events: [event], eventIds: [eventId], parent: at });
}
