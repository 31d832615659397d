import type { Inngest } from "inngest";
import { type Setup, toolsOf } from "./tools.ts";

/** What an app does to its executor: die in a step, ask for what is not supported. */
export function refused(inngest: Inngest, setup: Setup) {
  const { note, on } = toolsOf(setup);

  const kills = inngest.createFunction(on("poison"), async (ctx) => {
    await ctx.step.run("kill", () => {
      note(ctx, "kill");
      process.kill(process.pid, "SIGKILL");
    });
  });

  const signals = inngest.createFunction(on("signal"), async (ctx) => {
    await ctx.step.waitForSignal("signal", { signal: "go", timeout: "5s", onConflict: "replace" });
  });

  return [kills, signals];
}
