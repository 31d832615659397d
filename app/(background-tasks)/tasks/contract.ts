import { z } from "zod";
import { textBlock } from "@/lib/text";

// Work after the response, without a queue.

/** `POST /api/tasks`. */
export const taskRequest = z.strictObject({
  note: textBlock(200),
  /** How long the work takes. */
  seconds: z.int().min(0).max(30).default(0),
});

/** `GET /api/tasks/{id}`. `lost`: its process has shown no life for three seconds. */
export const taskState = z.object({
  id: z.uuid(),
  note: z.string(),
  seconds: z.number(),
  status: z.enum(["queued", "running", "done", "lost"]),
  /** Seconds of work that are behind it. */
  progress: z.number(),
  instance: z.string(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type TaskState = z.infer<typeof taskState>;
export const taskPage = z.object({ tasks: z.array(taskState) });
