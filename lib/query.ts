import type { z } from "zod";
import { invalid } from "./http";

/**
 * Parses the query of a request. A parameter given twice is refused, since readers disagree on
 * which of the two counts.
 * @throws HttpError 400 that names each parameter and what is wrong with it
 */
export function readQuery<T extends z.ZodObject>(request: Request, schema: T): z.infer<T> {
  const { searchParams } = new URL(request.url, "http://localhost");
  const given = new Map<string, string | string[]>();
  for (const [name, value] of searchParams) {
    const before = given.get(name);
    if (Array.isArray(before)) before.push(value);
    else given.set(name, before === undefined ? value : [before, value]);
  }
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw invalid(parsed.error, "invalid-parameter");
  return parsed.data;
}
