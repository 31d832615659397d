import type { Inngest } from "inngest";
import { type Setup, sleep, toolsOf } from "./tools.ts";

/** Sleeps, schedules and what takes long. */
export function time(inngest: Inngest, setup: Setup) {
  const { record, cron, slowMs } = setup;
  const { note, on } = toolsOf(setup);

  const sleeps = inngest.createFunction(on("sleep"), async (ctx) => {
    await ctx.step.run("before", () => note(ctx, "before"));
    await ctx.step.sleep("nap", "2s");
    await ctx.step.run("after", () => note(ctx, "after"));
    await ctx.step.sleepUntil("date", new Date(Date.now() + 300));
    return "awake";
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

  return [sleeps, scheduled, slow];
}
