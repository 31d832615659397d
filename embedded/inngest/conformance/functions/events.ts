import { type Inngest, NonRetriableError } from "inngest";
import { type Setup, toolsOf } from "./tools.ts";

/** Events that functions send and wait for, and functions that call one another. */
export function events(inngest: Inngest, setup: Setup) {
  const { note, on } = toolsOf(setup);

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

  return [sends, receives, child, invokes, waits, times];
}
