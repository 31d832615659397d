import type { Input } from "../../contract";
import { batchesOf } from "../../csv/batches";
import { checkCsv } from "../../csv/check";
import { csvOf } from "../../csv/sample";
import type { JobRow } from "../../jobs/rows";
import { inngest } from "../client";
import { optionsOf } from "../options";
import { perform } from "../perform";
import { startOf } from "../start-data";

const inputOf = (job: JobRow) => job.input as Input<"import">;

/** Celery's row: validate, then the batches in parallel, then the report that joins them. */
export const importFunction = () =>
  inngest().createFunction(optionsOf("import"), async ({ event, step }) => {
    const start = startOf(event);

    const { batches } = await step.run("validate", () =>
      perform({ start, name: "validate", position: 0 }, async (_, job) => {
        const input = inputOf(job);
        const { good, bad } = checkCsv(csvOf(input));
        return {
          rows: good.length + bad.length,
          bad: bad.slice(0, 20),
          badRows: bad.length,
          batches: batchesOf(good, input.batches).length,
        };
      }),
    );

    // Each is a call of its own, on whichever instance; all of them are waited for.
    await Promise.all(
      Array.from({ length: batches }, (_, n) => {
        const name = `batch ${n + 1}`;
        return step.run(name, () =>
          perform({ start, name, position: n + 1, faulty: n === batches - 1 }, async (tx, job) => {
            const input = inputOf(job);
            const rows = batchesOf(checkCsv(csvOf(input)).good, input.batches)[n] ?? [];
            await tx.query(
              `INSERT INTO import_record (job_id, line, name, email, amount)
                 SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::int[])`,
              [
                job.id,
                rows.map(({ line }) => line),
                rows.map((row) => row.name),
                rows.map(({ email }) => email),
                rows.map(({ amount }) => amount),
              ],
            );
            return { rows: rows.length };
          }),
        );
      }),
    );

    return step.run("report", () =>
      perform({ start, name: "report", position: batches + 1, last: true }, async (tx, job) => {
        const { rows } = await tx.query<{ imported: number; amount: number }>(
          `SELECT count(*)::int AS imported, coalesce(sum(amount), 0)::int AS amount
               FROM import_record WHERE job_id = $1`,
          [job.id],
        );
        const { good, bad } = checkCsv(csvOf(inputOf(job)));
        return { ...rows[0], expected: good.length, bad: bad.length };
      }),
    );
  });
