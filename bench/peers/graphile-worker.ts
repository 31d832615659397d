import { run } from "graphile-worker";
import { serveQueue, started } from "../lab/queue-front.ts";

// The queue under the embedded executor, bare: a request adds a job, and the same process works on it.
// No steps, no ledger, no history, no HTTP between the queue and the work.

const runner = await run({
  connectionString: process.env.DATABASE_URL,
  concurrency: 10,
  noHandleSignals: true,
  schema: "bench_queue",
  taskList: {
    job: async (payload) => {
      started[(payload as { id: string }).id] = Date.now();
    },
  },
});

serveQueue(
  (job) => runner.addJob("job", job),
  () => runner.stop(),
);
