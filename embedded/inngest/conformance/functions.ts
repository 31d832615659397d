import { type Inngest, NonRetriableError, RetryAfterError } from "inngest";

/** Something that a function did. Tests look at these, and at nothing inside the SDK or the executor. */
export interface Effect {
  /** Which test it belongs to. */
  tag: string;
  what: string;
  attempt: number;
  run: string;
  at: number;
  value?: unknown;
}

export interface Setup {
  record: (effect: Effect) => void;
  /** The schedule of the scheduled function. */
  cron: string;
  /** How long the slow step takes. */
  slowMs: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One function for each thing that an executor promises. */
export function createFunctions(inngest: Inngest, { record, cron, slowMs }: Setup) {
  type Context = { event: { data: { tag?: string } }; runId: string; attempt: number };
  /** Notes an effect of a run. */
  const note = ({ event, runId, attempt }: Context, what: string, value?: unknown) =>
    record({ tag: event.data.tag ?? "", what, attempt, run: runId, at: Date.now(), value });
  const on = (name: string, retries: 0 | 1 | 2 | 3 = 0) => ({
    id: name,
    retries,
    triggers: { event: `conformance/${name}` },
  });

  const retries = inngest.createFunction(on("retries", 2), async (ctx) => {
    await ctx.step.run("flaky", () => {
      note(ctx, "flaky");
      if (ctx.attempt < 2) throw new Error(`attempt ${ctx.attempt} fails`);
    });
    await ctx.step.run("next", () => {
      note(ctx, "next");
      if (ctx.attempt < 1) throw new Error("fails once");
    });
    note(ctx, "body");
    if (ctx.attempt < 1) throw new Error("the body fails once");
    return "done";
  });

  const retryAfter = inngest.createFunction(on("retry-after", 1), async (ctx) => {
    await ctx.step.run("limited", () => {
      note(ctx, "limited");
      if (ctx.attempt === 0) throw new RetryAfterError("not yet", "2s");
    });
  });

  const sleeps = inngest.createFunction(on("sleep"), async (ctx) => {
    await ctx.step.run("before", () => note(ctx, "before"));
    await ctx.step.sleep("nap", "2s");
    await ctx.step.run("after", () => note(ctx, "after"));
    await ctx.step.sleepUntil("date", new Date(Date.now() + 300));
    return "awake";
  });

  const parallel = inngest.createFunction(on("parallel", 2), async (ctx) => {
    const numbers = await Promise.all(
      [1, 2, 3].map((n) =>
        ctx.step.run(`branch ${n}`, async () => {
          note(ctx, `branch ${n}`);
          await sleep(50 * n);
          if (n === 2 && ctx.attempt === 0) throw new Error("the second branch fails once");
          return n;
        }),
      ),
    );
    return ctx.step.run("join", () => {
      note(ctx, "join");
      return numbers;
    });
  });

  const race = inngest.createFunction(on("race"), async (ctx) => {
    const { group, step } = ctx;
    const winner = await group.parallel({ mode: "race" }, () =>
      Promise.race([step.run("quick", () => "quick"), step.sleep("slow", "3s").then(() => "slow")]),
    );
    return step.run("after", () => {
      note(ctx, "after");
      return winner;
    });
  });

  const loop = inngest.createFunction(on("loop"), async (ctx) => {
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      values.push(
        await ctx.step.run("again", () => {
          note(ctx, "again", i);
          return i;
        }),
      );
    }
    return values;
  });

  const sends = inngest.createFunction(on("send"), async (ctx) => {
    const { tag } = ctx.event.data;
    const event = { name: "conformance/received", data: { tag, n: 7 } };
    return ctx.step.sendEvent("notify", event);
  });
  const receives = inngest.createFunction(on("received"), async (ctx) => {
    await ctx.step.run("note", () => note(ctx, "received", ctx.event.data.n));
  });

  const child = inngest.createFunction({ id: "child", retries: 0, triggers: [] }, async (ctx) => {
    await ctx.step.run("work", () => note(ctx, "child"));
    const data = ctx.event.data as { n?: number; fail?: boolean };
    if (data.fail) throw new NonRetriableError("the child fails");
    return { doubled: Number(data.n) * 2 };
  });
  const invokes = inngest.createFunction(on("invoke"), async (ctx) => {
    const { tag } = ctx.event.data;
    const good = await ctx.step.invoke("good", { function: child, data: { tag, n: 21 } });
    const bad = await ctx.step
      .invoke("bad", { function: child, data: { tag, fail: true } })
      .catch((error: Error) => error.message);
    return { good, bad };
  });

  const waits = inngest.createFunction(on("wait"), async (ctx) => {
    const answer = await ctx.step.waitForEvent("answer", {
      event: "conformance/answer",
      timeout: "30s",
      if: "async.data.tag == event.data.tag && async.data.n > 1",
    });
    return answer?.data.n;
  });
  const times = inngest.createFunction(on("timeout"), async (ctx) => {
    const options = { event: "conformance/never", timeout: "1s" };
    return { answer: await ctx.step.waitForEvent("answer", options) };
  });

  const fails = inngest.createFunction(
    {
      ...on("fail", 1),
      onFailure: (ctx) => {
        const { event, error } = ctx;
        const tag = String(event.data.event.data.tag);
        const value = { message: error.message, function: event.data.function_id };
        record({
          tag,
          what: "onFailure",
          attempt: 0,
          run: event.data.run_id,
          at: Date.now(),
          value,
        });
      },
    },
    async (ctx) => {
      await ctx.step.run("doomed", () => {
        note(ctx, "doomed");
        throw new Error("it cannot work");
      });
    },
  );
  const gives = inngest.createFunction(on("non-retriable", 3), async (ctx) => {
    await ctx.step.run("once", () => {
      note(ctx, "once");
      throw new NonRetriableError("no use");
    });
  });
  const catches = inngest.createFunction(on("catch"), async (ctx) => {
    const failed = ctx.step.run("fails", () => {
      throw new TypeError("of this kind");
    });
    const message = await failed.catch((error: Error) => error.message);
    return ctx.step.run("handles", () => `handled: ${message}`);
  });

  const scheduled = inngest.createFunction(
    { id: "scheduled", retries: 0, triggers: { cron } },
    async (ctx) => {
      await ctx.step.run("tick", () =>
        record({
          tag: "cron",
          what: "tick",
          attempt: ctx.attempt,
          run: ctx.runId,
          at: Date.now(),
          value: ctx.event.id,
        }),
      );
    },
  );

  const limited = inngest.createFunction(
    { ...on("limit"), concurrency: { limit: 1, key: "event.data.user" } },
    async (ctx) => {
      await ctx.step.run("work", async () => {
        note(ctx, "begin", ctx.event.data.user);
        await sleep(150);
        note(ctx, "end", ctx.event.data.user);
      });
    },
  );

  const batches = inngest.createFunction(
    { ...on("batch"), batchEvents: { maxSize: 3, timeout: "2s", key: "event.data.tag" } },
    async (ctx) => {
      const numbers = ctx.events.map((event) => event.data.n);
      await ctx.step.run("note", () => note(ctx, "batch", numbers));
    },
  );

  const cancels = inngest.createFunction(
    {
      ...on("cancel", 3),
      cancelOn: [{ event: "conformance/stop", if: "async.data.tag == event.data.tag" }],
    },
    async (ctx) => {
      await ctx.step.run("before", () => note(ctx, "before"));
      await ctx.step.sleep("nap", "2s");
      await ctx.step.run("after", () => note(ctx, "after"));
    },
  );

  const slow = inngest.createFunction(on("slow", 1), async (ctx) => {
    await ctx.step.run("first", () => note(ctx, "first"));
    await ctx.step.run("slow", async () => {
      note(ctx, "slow begins");
      await sleep(slowMs);
      note(ctx, "slow ends");
    });
    await ctx.step.run("last", () => note(ctx, "last"));
    return "whole";
  });

  const kills = inngest.createFunction(on("poison"), async (ctx) => {
    await ctx.step.run("kill", () => {
      note(ctx, "kill");
      process.kill(process.pid, "SIGKILL");
    });
  });

  const signals = inngest.createFunction(on("signal"), async (ctx) => {
    await ctx.step.waitForSignal("signal", { signal: "go", timeout: "5s", onConflict: "replace" });
  });

  return [
    ...[retries, retryAfter, sleeps, parallel, race, loop, sends, receives, child, invokes, waits],
    ...[times, fails, gives, catches, scheduled, limited, batches, cancels, slow, kills, signals],
  ];
}
