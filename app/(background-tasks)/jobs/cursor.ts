import { z } from "zod";
import { createCursors } from "@/lib/cursor";
import { env } from "@/lib/env";
import { remember } from "@/lib/remember";
import { jobLimits } from "../contract";

/**
 * The cursors of GET /api/jobs: where a page ended, signed for the user whose list it is. Only times
 * that the database has written come back to it.
 */
export const jobCursors = () =>
  remember("job cursors", () =>
    createCursors({
      name: "jobs",
      secret: env().SESSION_SECRET,
      version: 1,
      position: z.tuple([z.string(), z.uuid()]),
      maxLength: jobLimits.cursorCharacters,
      source: 'Link rel="next"',
      boundTo: "another user's list",
    }),
  );
