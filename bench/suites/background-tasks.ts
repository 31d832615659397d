import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Running } from "../lab/stage.ts";
import { quantile } from "../lab/stats.ts";
import type { Sample, Suite } from "../suite.ts";

const GUESTS = 40;
const PATIENCE_MS = 120_000;

/** When work began and when it was done, in milliseconds since 1970. */
interface Times {
  begun: number;
  done: number;
}

interface Asked {
  post(n: number): Promise<Response>;
  /** Of what is done. */
  times(): Promise<Map<string, Times>>;
}

export const suite: Suite = {
  name: "background-tasks",
  what: "jobs a second, and the time from the request to the first step.",
  async run(stage, measure) {
    const application = await stage.application();
    const database = { DATABASE_URL: stage.env.DATABASE_URL as string };
    const worker = await stage.peer("graphile-worker", database);
    const boss = await stage.peer("pg-boss", database);
    const client = new pg.Client(stage.env.DATABASE_URL);
    await client.connect();
    const tokens = await guests(application);
    const api = (path: string, body: object, table: string, begun: string): Asked => ({
      post: (n) =>
        fetch(`${application.base}${path}`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${tokens[n % tokens.length]}`,
            "content-type": "application/json",
          },
          body: JSON.stringify(body),
        }),
      async times() {
        const { rows } = await client.query<{ id: string; begun: Date; done: Date }>(
          `SELECT id, ${begun} AS begun, finished_at AS done FROM ${table}
            WHERE finished_at IS NOT NULL`,
        );
        return new Map(
          rows.map((row) => [row.id, { begun: row.begun.getTime(), done: row.done.getTime() }]),
        );
      },
    });
    const subjects: Record<string, Asked> = {
      "after()": api("/api/tasks", { note: "bench" }, "task", "finished_at"),
      "embedded executor": api("/api/jobs/deliver", { message: "bench" }, "job", "started_at"),
      "bare graphile-worker": bare(worker),
      "bare pg-boss": bare(boss),
    };
    const workload = (name: string, jobs: number, pace: Pace) =>
      measure({
        name,
        units: {
          "to the first step p50": "ms",
          "to the first step p99": "ms",
          "jobs a second": "/s",
        },
        // Of jobs that queue up the wait says how many there are, not how fast it is.
        targets:
          pace === "each after the last"
            ? [{ figure: "to the first step p50", of: "embedded executor", atMost: 50 }]
            : [],
        subjects: Object.fromEntries(
          Object.entries(subjects).map(([subject, asked]) => [
            subject,
            () => work(asked, jobs, pace),
          ]),
        ),
      });
    try {
      for (const asked of Object.values(subjects)) await work(asked, 10, "ten at once");
      // One that polls twice a second takes half a second for each.
      await workload("one after the other", stage.quick ? 6 : 20, "each after the last");
      await workload("many at once", stage.quick ? 60 : 200, "ten at once");
    } finally {
      await client.end();
      await Promise.all([application.stop(), worker.stop(), boss.stop()]);
    }
  },
};

/** A queue that works on nothing: a job is done when it begins. */
const bare = ({ base }: Running): Asked => ({
  post: () => fetch(base, { method: "POST", body: "{}" }),
  async times() {
    const started = (await (await fetch(base)).json()) as Record<string, number>;
    return new Map(
      Object.entries(started).map(([id, at]) => [id, { begun: at, done: at }] as const),
    );
  },
});

async function guests({ base }: Running): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < GUESTS; n++) {
    const response = await fetch(`${base}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bearer: true }),
    });
    tokens.push(((await response.json()) as { token: string }).token);
  }
  return tokens;
}

/**
 * Either the next request waits until the last job was done, so that nothing waits for anything else: the
 * latency. Or there are always ten requests, and their jobs queue up: the throughput.
 */
type Pace = "each after the last" | "ten at once";

async function work(asked: Asked, jobs: number, pace: Pace): Promise<Sample> {
  const sent = new Map<string, number>();
  const begun = Date.now();
  let next = 0;
  const sender = async () => {
    while (next < jobs) {
      const at = Date.now();
      const response = await asked.post(next++);
      if (response.status !== 202) throw new Error(`status ${response.status}`);
      const { id } = (await response.json()) as { id: string };
      sent.set(id, at);
      if (pace === "each after the last") await untilAll(asked, [id]);
    }
  };
  await Promise.all(Array.from({ length: pace === "ten at once" ? 10 : 1 }, sender));
  const all = await untilAll(asked, [...sent.keys()]);
  const ends = [...sent.keys()].map((id) => (all.get(id) as Times).done);
  const waits = [...sent].map(([id, at]) => (all.get(id) as Times).begun - at);
  return {
    "to the first step p50": quantile(waits, 0.5),
    "to the first step p99": quantile(waits, 0.99),
    "jobs a second": (jobs * 1_000) / (Math.max(...ends) - begun),
  };
}

async function untilAll(asked: Asked, ids: string[]): Promise<Map<string, Times>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const times = await asked.times();
    const missing = ids.filter((id) => !times.has(id)).length;
    if (missing === 0) return times;
    if (Date.now() > deadline) throw new Error(`${missing} of ${ids.length} were never done.`);
    await delay(50);
  }
}
