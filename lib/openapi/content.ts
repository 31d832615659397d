import { z } from "zod";
import type { Content } from "./operation";

/** `application/json`, as json() writes and readJson() reads it. */
export const json = (schema: z.ZodType): Content => ({ "application/json": { schema } });

/** Bytes, as they are. */
export const bytes = z.string().meta({ override: { type: "string", format: "binary" } });

/** `multipart/form-data` with one file. */
export const form = (): Content => ({
  "multipart/form-data": { schema: z.object({ file: bytes }) },
});

/** `text/event-stream`, as eventResponse() sends it. @param events the JSON in `data`, by `event` */
export const eventStream = (events: Record<string, z.ZodType>): Content => ({
  "text/event-stream": { schema: z.string(), events },
});

/** Headers of an event stream. */
export const eventStreamHeaders = {
  "X-Accel-Buffering": z.literal("no"),
  Incremental: z.literal("?1"),
};
