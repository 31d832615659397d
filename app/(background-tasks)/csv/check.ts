import { NonRetriableError } from "inngest";
import { z } from "zod";
import { jobLimits } from "../contract";
import { parseCsv } from "./parse";

export interface CsvRow {
  /** In the file, from 2: the header is line 1. */
  line: number;
  name: string;
  email: string;
  amount: number;
}
export interface BadRow {
  line: number;
  reason: string;
}

const HEADER = ["name", "email", "amount"];
const row = z.object({
  name: z.string().trim().min(1, "has no name").max(100, "has too long a name"),
  email: z.email("has no valid email"),
  amount: z
    .string()
    .regex(/^\d{1,6}$/, "has no whole amount")
    .transform(Number),
});

/**
 * Sorts the rows of a file into good and bad ones.
 * @throws NonRetriableError where the file as a whole is none of ours: no repetition would mend it
 */
export function checkCsv(text: string): { good: CsvRow[]; bad: BadRow[] } {
  const [header, ...records] = parseCsv(text);
  if (!header || HEADER.some((name, n) => header.fields[n]?.trim().toLowerCase() !== name))
    throw new NonRetriableError(`The file's first line is not ${HEADER.join(",")}.`);
  if (records.length > jobLimits.csvRows)
    throw new NonRetriableError(`The file has more than ${jobLimits.csvRows} rows.`);
  const good: CsvRow[] = [];
  const bad: BadRow[] = [];
  for (const { line, fields } of records) {
    const [name, email, amount] = fields;
    const parsed = row.safeParse({ name, email: email?.trim(), amount: amount?.trim() });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what Postgres cannot store.
    const broken = fields.some((field) => /[\0-\x08]/.test(field));
    if (fields.length !== HEADER.length) bad.push({ line, reason: `has ${fields.length} fields` });
    else if (broken) bad.push({ line, reason: "has control characters" });
    else if (parsed.success) good.push({ line, ...parsed.data });
    else bad.push({ line, reason: parsed.error.issues[0]?.message ?? "is not valid" });
  }
  return { good, bad };
}
