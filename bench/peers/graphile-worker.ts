import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { run } from "graphile-worker";

// The queue under the embedded executor, bare: a request adds a job, and the same process works on it.
// No steps, no ledger, no history, no HTTP between the queue and the work.

const started: Record<string, number> = {};
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

createServer(async (request, response) => {
  if (request.method === "POST") {
    const id = crypto.randomUUID();
    await text(request);
    await runner.addJob("job", { id });
    response.writeHead(202, { "content-type": "application/json" });
    response.end(JSON.stringify({ id }));
  } else response.end(JSON.stringify(started));
}).listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.("listening"));

process.once("SIGTERM", async () => {
  await runner.stop();
  process.exit(0);
});
