import type { Inngest } from "inngest";
import { type Setup, sleep, toolsOf } from "./tools.ts";

/** What keeps runs back, bundles their events, or ends them. */
export function limits(inngest: Inngest, setup: Setup) {
  const { note, on } = toolsOf(setup);

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

  return [limited, batches, cancels];
}
