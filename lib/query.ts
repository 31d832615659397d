import type { z } from "zod";
import { invalid } from "./http";

/**
 * Parses the query of a request. A parameter given twice is refused, since readers disagree on
 * which of the two counts.
 * @throws HttpError 400 that names each parameter and what is wrong with it
 */
export function readQuery<T extends z.ZodObject>(request: Request, schema: T): z.infer<T> {
  const { searchParams } = new URL(request.url, "http://localhost");
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    given[name] = values.length === 1 ? (values[0] as string) : values;
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error, "invalid-parameter");
  return parsed.data;
}
