import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fresh, freshDatabase } from "./database.ts";
import {
  embedded,
  expectOutput,
  type Harness,
  PATIENCE_MS,
  startHarness,
  until,
} from "./harness.ts";

// What the executor of this folder promises. With INNGEST_CONFORMANCE_URL, another server is asked for
// the same, with patience for what it does otherwise (see the README). Only what the app did and what
// the API says counts.

let h: Harness;
let database: Fresh | undefined;
beforeAll(async () => {
  database = embedded ? await freshDatabase() : undefined;
  h = await startHarness(database?.url ?? "");
  // Registered: an event starts a run.
  await until(async () => {
    const { eventId } = await h.send("loop");
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await h.runs(eventId)).length > 0 || undefined;
  });
}, PATIENCE_MS * 2);
afterAll(async () => {
  await h.stop();
  await database?.drop();
});

const options = { timeout: PATIENCE_MS * 2 };

/** Sends the event, waits for the end of its run. */
async function run(name: string, data: object = {}) {
  const { tag, eventId } = await h.send(name, data);
  const [ended] = await h.ended(eventId);
  return { tag, status: ended?.status, output: ended?.output, id: ended?.run_id };
}

/** The run of an event, once the server's list says that it runs: the list may be older than the run. */
const untilRunning = (eventId: string) =>
  until(async () => (await h.runs(eventId)).find(({ status }) => status === "Running"));

describe("retries", options, () => {
  test("attempts are counted for each step, and from 0 after each memoised one", async () => {
    const { tag, status, output } = await run("retries");
    expect(status).toBe("Completed");
    expectOutput(output, "done");
    const expected = ["flaky", "flaky/1", "flaky/2", "next", "next/1", "body", "body/1"];
    expect(h.seen(tag)).toEqual(expected);
  });

  test("RetryAfterError says when", async () => {
    const { tag, status } = await run("retry-after");
    expect(status).toBe("Completed");
    const [first, second] = h.effects.filter((effect) => effect.tag === tag);
    expect(h.seen(tag)).toEqual(["limited", "limited/1"]);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_500);
  });

  test("NonRetriableError ends the step and the run at once", async () => {
    const { tag, status, output } = await run("non-retriable");
    expect(status).toBe("Failed");
    expectOutput(output, expect.objectContaining({ message: expect.stringContaining("no use") }));
    expect(h.seen(tag)).toEqual(["once"]);
  });

  test("onFailure is called after the last attempt, with event and error", async () => {
    const { tag, status, id } = await run("fail");
    expect(status).toBe("Failed");
    const effect = await until(() =>
      h.effects.find((each) => each.tag === tag && each.what === "onFailure"),
    );
    expect(effect.run).toBe(id);
    expect(effect.value).toEqual({ message: "it cannot work", function: "conformance-fail" });
    expect(h.seen(tag)).toEqual(["doomed", "doomed/1", "onFailure"]);
  });

  test("a step that failed can be caught", async () => {
    expectOutput((await run("catch")).output, "handled: of this kind");
  });
});

describe("steps", options, () => {
  test("an id that comes again is a step of its own", async () => {
    const { tag, output } = await run("loop");
    expectOutput(output, [0, 1, 2]);
    expect(h.seen(tag)).toEqual(["again", "again", "again"]);
  });

  test("sleep lasts as long as it says, and what went before is not run again", async () => {
    const { tag, output } = await run("sleep");
    expectOutput(output, "awake");
    expect(h.seen(tag)).toEqual(["before", "after"]);
    const [before, after] = h.effects.filter((effect) => effect.tag === tag);
    expect((after?.at ?? 0) - (before?.at ?? 0)).toBeGreaterThan(1_500);
  });

  test("parallel steps run once each, retry by themselves, and are joined once", async () => {
    const { tag, output } = await run("parallel");
    expectOutput(output, [1, 2, 3]);
    const seen = h.seen(tag);
    expect(seen.slice(0, -1).toSorted()).toEqual([
      "branch 1",
      "branch 2",
      "branch 2/1",
      "branch 3",
    ]);
    expect(seen.at(-1)).toBe("join");
  });

  test("a race goes on with the first of its steps", async () => {
    const { tag, eventId } = await h.send("race");
    await until(() => h.seen(tag)[0]);
    // The loser still sleeps: the SDK returns only once it has ended too.
    await untilRunning(eventId);
    const [ended] = await h.ended(eventId);
    expect(ended?.status).toBe("Completed");
    expectOutput(ended?.output, "quick");
    expect(h.seen(tag)).toEqual(["after"]);
  });

  test("sendEvent starts other functions, once", async () => {
    const { tag, output } = await run("send");
    expectOutput(output, { ids: [expect.stringMatching(/^[0-9A-Z]{26}$/)] });
    await until(() => h.seen(tag)[0]);
    expect(h.effects.filter((effect) => effect.tag === tag).map(({ value }) => value)).toEqual([7]);
  });

  test("invoke gives what the other function returns, or its error", async () => {
    const { tag, output } = await run("invoke");
    expectOutput(output, { good: { doubled: 42 }, bad: "the child fails" });
    expect(h.seen(tag)).toEqual(["child", "child"]);
  });

  test("waitForEvent takes the event that matches and leaves the others", async () => {
    const { tag, eventId } = await h.send("wait");
    // The wait must have begun: only later events count.
    await new Promise((resolve) => setTimeout(resolve, embedded ? 500 : 3_000));
    await h.inngest.send([
      { name: "conformance/answer", data: { tag: randomUUID(), n: 5 } },
      { name: "conformance/answer", data: { tag, n: 1 } },
    ]);
    await untilRunning(eventId);
    await h.inngest.send({ name: "conformance/answer", data: { tag, n: 2 } });
    expectOutput((await h.ended(eventId))[0]?.output, 2);
  });

  test("waitForEvent gives null when its time is up", async () => {
    expectOutput((await run("timeout")).output, { answer: null });
  });
});

describe("flow", options, () => {
  test("a schedule runs once a tick", async () => {
    const ticks = await until(() => {
      const found = h.effects.filter(({ tag }) => tag === "cron").map(({ value }) => value);
      return found.length >= (embedded ? 3 : 1) ? found : undefined;
    });
    expect(new Set(ticks).size).toBe(ticks.length);
    for (const tick of embedded ? ticks : []) {
      expect(new Date(String(tick)).getTime() % 2_000).toBe(0);
    }
  });

  test("a concurrency key lets one step of each value run at a time", async () => {
    const tag = randomUUID();
    const users = ["a", "a", "a", "a", "b", "b", "b", "b"];
    const { ids } = await h.inngest.send(
      users.map((user) => ({ name: "conformance/limit", data: { tag, user } })),
    );
    for (const id of ids) await h.ended(id);
    for (const user of ["a", "b"]) {
      const its = h.effects.filter((effect) => effect.tag === tag && effect.value === user);
      expect(its.map(({ what }) => what)).toEqual(Array(4).fill(["begin", "end"]).flat());
    }
    const all = h.seen(tag).join();
    expect(all, "values do not wait for each other").toContain("begin,begin");
  });

  test("events are batched up to a size, and the rest after a time", async () => {
    const tag = randomUUID();
    for (const n of [1, 2, 3, 4]) {
      await h.inngest.send({ name: "conformance/batch", data: { tag, n } });
    }
    const batches = await until(() => {
      const found = h.effects.filter((effect) => effect.tag === tag).map(({ value }) => value);
      return found.length === 2 ? found : undefined;
    });
    if (embedded) expect(batches).toEqual([[1, 2, 3], [4]]);
    const sizes = (batches as unknown[][]).map((batch) => batch.length);
    expect([sizes.toSorted(), batches.flat().toSorted()]).toEqual([
      [1, 3],
      [1, 2, 3, 4],
    ]);
  });

  test("cancelOn ends a sleeping run, and no other", async () => {
    const stopped = await h.send("cancel");
    const other = await h.send("cancel");
    await until(() => h.seen(stopped.tag)[0]);
    await new Promise((resolve) => setTimeout(resolve, embedded ? 100 : 1_000));
    await h.inngest.send({ name: "conformance/stop", data: { tag: stopped.tag } });
    expect((await h.ended(stopped.eventId))[0]?.status).toBe("Cancelled");
    expect((await h.ended(other.eventId))[0]?.status).toBe("Completed");
    expect(h.seen(stopped.tag)).toEqual(["before"]);
    expect(h.seen(other.tag)).toEqual(["before", "after"]);
  });

  test("DELETE /v1/runs/{id} cancels", async () => {
    const { tag, eventId } = await h.send("cancel");
    await until(() => h.seen(tag)[0]);
    const found = await untilRunning(eventId);
    const answer = await h.api(`/v1/runs/${found.run_id}`, "DELETE");
    expect(answer.ok).toBe(true);
    expect((await h.ended(eventId))[0]?.status).toBe("Cancelled");
    expect(h.seen(tag)).toEqual(["before"]);
  });

  test("an event id counts once", async () => {
    const id = randomUUID();
    const tag = randomUUID();
    const events = Array.from({ length: 10 }, () =>
      h.inngest.send({ id, name: "conformance/loop", data: { tag } }),
    );
    await Promise.all(events);
    await until(() => h.seen(tag)[2]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(h.seen(tag)).toHaveLength(3);
  });
});
