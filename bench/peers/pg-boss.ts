import { PgBoss } from "pg-boss";
import { serveQueue, started } from "../lab/queue-front.ts";

// The other queue in Postgres, bare. It looks for jobs by polling: every half second is the most that it allows.

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, schema: "bench_boss" });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("job");
await boss.work<{ id: string }>(
  "job",
  { pollingIntervalSeconds: 0.5, batchSize: 100 },
  async (jobs) => {
    for (const { data } of jobs) started[data.id] = Date.now();
  },
);

serveQueue(
  (job) => boss.send("job", job),
  () => boss.stop({ graceful: false }),
);
