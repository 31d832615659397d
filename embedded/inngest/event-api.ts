import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { receive } from "./events.ts";
import { ApiError, readJson, sendJson } from "./exchange.ts";
import type { Executor } from "./executor.ts";
import { same } from "./signature.ts";
import { seededUlid } from "./ulid.ts";

const record = z.record(z.string(), z.unknown());

const event = z.object({
  name: z
    .string()
    .min(1)
    .max(256)
    .refine((name) => !name.startsWith("inngest/"), "the prefix inngest/ is reserved"),
  id: z.string().max(512).nullish(),
  data: record.nullish(),
  ts: z.number().int().nonnegative().nullish(),
  user: record.nullish(),
  v: z.string().nullish(),
  meta: z.unknown().optional(),
});

const MAX_EVENTS = 5_000;
const events = z.union([event.transform((one) => [one]), z.array(event).max(MAX_EVENTS)]);

/**
 * POST /e/<event key>: one event or an array → 200 {"ids": […], "status": 200}, in their order, once
 * all are stored with the runs that they start. 401: another key; 400: no event.
 */
export async function postEvents(
  ex: Executor,
  request: IncomingMessage,
  response: ServerResponse,
  { key, eventKey }: { key: string; eventKey?: string },
): Promise<void> {
  if (eventKey !== undefined && !same(key, eventKey)) {
    throw new ApiError(401, "Event key not found");
  }
  const parsed = events.safeParse(await readJson(request));
  if (!parsed.success) throw new ApiError(400, z.prettifyError(parsed.error));
  const seed = request.headers["x-inngest-event-id-seed"];
  const ids = await ex.db.transaction(async (tx) => {
    const stored: string[] = [];
    for (const [index, given] of parsed.data.entries()) {
      const { name, id, data, ts, user, v, meta } = given;
      const seeded = typeof seed === "string" ? seededUlid(seed, index) : undefined;
      const complete = {
        name,
        data: data ?? {},
        ...(id ? { id } : {}),
        ...(ts == null ? {} : { ts }),
        ...(user ? { user } : {}),
        ...(v ? { v } : {}),
        ...(meta == null ? {} : { meta }),
      };
      stored.push(await receive(ex, tx, complete, seeded));
    }
    return stored;
  });
  sendJson(response, 200, { ids, status: 200 });
}
