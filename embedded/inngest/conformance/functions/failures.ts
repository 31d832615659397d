import { type Inngest, NonRetriableError, RetryAfterError } from "inngest";
import { type Setup, toolsOf } from "./tools.ts";

/** Attempts, and what becomes of the last one. */
export function failures(inngest: Inngest, setup: Setup) {
  const { record } = setup;
  const { note, on } = toolsOf(setup);

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

  return [retries, retryAfter, fails, gives, catches];
}
