import { z } from "zod";

/** RFC 9457 problem details, section 3.1; further members are the kind of problem's own. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
