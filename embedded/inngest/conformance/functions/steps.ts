import type { Inngest } from "inngest";
import { type Setup, sleep, toolsOf } from "./tools.ts";

/** Several steps: at once, in a race, in a loop. */
export function steps(inngest: Inngest, setup: Setup) {
  const { note, on } = toolsOf(setup);

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

  return [parallel, race, loop];
}
