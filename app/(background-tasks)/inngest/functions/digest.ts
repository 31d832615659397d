import { inngest } from "../client";
import { optionsOf } from "../options";
import { perform } from "../perform";
import { startOf } from "../start-data";

/** ARQ's row: one async function, now or after a while. While it sleeps it holds nothing. */
export const digestFunction = () =>
  inngest().createFunction(optionsOf("digest"), async ({ event, step }) => {
    const start = startOf(event);
    if (start.dueAt) await step.sleepUntil("until it is due", start.dueAt);

    return step.run("digest", () =>
      perform(
        { start, name: "digest", position: 0, faulty: true, last: true },
        async (tx, { userId }) => {
          const { rows } = await tx.query<{ status: string; count: number }>(
            `SELECT status, count(*)::int AS count FROM job
              WHERE user_id = $1 AND created_at > now() - interval '1 day' GROUP BY status`,
            [userId],
          );
          return { today: Object.fromEntries(rows.map(({ status, count }) => [status, count])) };
        },
      ),
    );
  });
