import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findPort } from "../../port.ts";
import { client } from "./app.ts";
import { type Fresh, freshDatabase } from "./database.ts";
import type { Effect } from "./functions/tools.ts";
import { embedded, KEYS, type RunState, until } from "./harness.ts";

// kill -9 of the executor and of the app. Only for the executor of this folder: it is started here.

const FIXTURES = ["executor.fixture.ts", "app.fixture.ts"];
const programs = fileURLToPath(new URL("../../../.data/conformance", import.meta.url));

interface Place {
  port: number;
  child?: ChildProcess;
}

describe.skipIf(!embedded)("kill -9", { timeout: 120_000 }, () => {
  let database: Fresh;
  let folder: string;
  let executor: Place;
  let a: Place;
  let b: Place;
  const env = { EVENT_KEY: KEYS.eventKey, SIGNING_KEY: KEYS.signingKey };
  const baseUrl = () => `http://127.0.0.1:${executor.port}`;

  async function start(place: Place, fixture: string, more: Record<string, string>) {
    const child = spawn(process.execPath, [join(programs, fixture.replace(/\.ts$/, ".js"))], {
      env: { ...process.env, ...env, ...more, PORT: String(place.port) },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    place.child = child;
    await once(child, "message");
  }
  const startExecutor = () =>
    start(executor, "executor.fixture.ts", {
      DATABASE_URL: database.url,
      APPS: [a, b].map(({ port }) => `http://127.0.0.1:${port}/api/inngest`).join(),
    });
  const startInstance = (place: Place) =>
    start(place, "app.fixture.ts", {
      BASE_URL: baseUrl(),
      EFFECTS: join(folder, "effects"),
      SLOW_MS: "2000",
    });
  async function kill(place: Place) {
    if (!place.child || place.child.exitCode !== null || place.child.signalCode) return;
    place.child.kill("SIGKILL");
    await once(place.child, "exit");
  }

  const effects = async (): Promise<(Effect & { pid: number })[]> =>
    (await readFile(join(folder, "effects"), "utf8"))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const seen = async (tag: string) =>
    (await effects()).filter((effect) => effect.tag === tag).map(({ what }) => what);
  const reached = (tag: string, what: string) =>
    until(async () => (await effects()).find((each) => each.tag === tag && each.what === what));
  async function send(name: string, tag: string): Promise<string> {
    const event = { name: `conformance/${name}`, data: { tag } };
    const { ids } = await client(baseUrl(), KEYS).send(event);
    return ids[0] as string;
  }
  /** What the API answers; nothing while the executor is away. */
  async function ask<T>(path: string): Promise<T[]> {
    const headers = { authorization: `Bearer ${KEYS.signingKey}` };
    const answer = await fetch(`${baseUrl()}/v1/${path}`, { headers }).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as { data: T[] }).data : [];
  }
  /** The end of the run, within 15 seconds from now. */
  const ended = (eventId: string) =>
    until(async () => {
      const runs = await ask<RunState>(`events/${eventId}/runs`);
      return runs.find(({ status }) => !["Scheduled", "Running"].includes(status));
    });
  /** The run has reached this step, its result is stored, and no call is due. */
  async function asleep(eventId: string, tag: string, after: string) {
    await reached(tag, after);
    await until(async () => {
      const [run] = await ask<RunState>(`events/${eventId}/runs`);
      return run && (await ask(`runs/${run.run_id}/jobs`)).length === 0 ? true : undefined;
    });
  }

  // Once: they are started so often that compiling them would take a third of the time.
  beforeAll(async () => {
    await build({
      entryPoints: FIXTURES.map((name) => fileURLToPath(new URL(name, import.meta.url))),
      outdir: programs,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      logLevel: "silent",
    });
  });
  beforeEach(async () => {
    database = await freshDatabase();
    folder = await mkdtemp(join(tmpdir(), "inngest-"));
    await writeFile(join(folder, "effects"), "");
    [executor, a, b] = [
      { port: await findPort() },
      { port: await findPort() },
      { port: await findPort() },
    ];
    await Promise.all([startExecutor(), startInstance(a), startInstance(b)]);
    await until(async () => {
      await send("loop", "warm");
      await new Promise((resolve) => setTimeout(resolve, 300));
      return (await seen("warm")).length > 0 ? true : undefined;
    });
  });
  afterEach(async () => {
    await Promise.all([executor, a, b].map(kill));
    await database.drop();
    await rm(folder, { recursive: true });
  });

  test("the executor, while a run sleeps: it wakes, and nothing runs twice", async () => {
    const eventId = await send("sleep", "sleeper");
    await asleep(eventId, "sleeper", "before");
    await kill(executor);
    await startExecutor();
    expect(await ended(eventId)).toMatchObject({ status: "Completed", output: "awake" });
    expect(await seen("sleeper")).toEqual(["before", "after"]);
  });

  test("the executor, while a step runs: that step runs again, the others do not", async () => {
    const eventId = await send("slow", "slow");
    await reached("slow", "slow begins");
    await kill(executor);
    await startExecutor();
    expect(await ended(eventId)).toMatchObject({ status: "Completed", output: "whole" });
    const all = await seen("slow");
    const count = (what: string) => all.filter((each) => each === what).length;
    expect([count("first"), count("slow begins"), count("last")]).toEqual([1, 2, 1]);
    expect((await effects()).filter(({ tag }) => tag === "slow").map((e) => e.attempt)).toEqual(
      all.map(() => 0),
    );
  });

  test("the executor, again and again: every run ends, with each step once but the one under way", async () => {
    const ids = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) {
        const tag = `run ${round} ${n}`;
        ids.set(tag, await send("parallel", tag));
      }
      await new Promise((resolve) => setTimeout(resolve, 100 * round));
      await kill(executor);
      await startExecutor();
    }
    for (const [tag, id] of ids) {
      expect(await ended(id)).toMatchObject({ status: "Completed", output: [1, 2, 3] });
      const all = new Set(await seen(tag));
      expect([...all].toSorted()).toEqual(["branch 1", "branch 2", "branch 3", "join"]);
    }
  });

  test("the connections to the database: it leads again, and goes on", async () => {
    const sleeper = await send("sleep", "sleeper");
    const slow = await send("slow", "slow");
    await reached("slow", "slow begins");
    await database.disconnect();
    expect(await ended(sleeper)).toMatchObject({ status: "Completed", output: "awake" });
    expect(await ended(slow)).toMatchObject({ status: "Completed", output: "whole" });
    expect(executor.child?.exitCode).toBeNull();
  });

  test("the app, while a step runs: the other instance runs it, as the same attempt", async () => {
    const eventId = await send("slow", "moved");
    const { pid } = await reached("moved", "slow begins");
    await kill(a.child?.pid === pid ? a : b);
    expect(await ended(eventId)).toMatchObject({ status: "Completed", output: "whole" });
    const its = (await effects()).filter(({ tag }) => tag === "moved");
    expect(its.map(({ what }) => what)).toEqual([
      "first",
      "slow begins",
      "slow begins",
      "slow ends",
      "last",
    ]);
    expect(its.map(({ attempt }) => attempt)).toEqual([0, 0, 0, 0, 0]);
    expect(its[2]?.pid).not.toBe(pid);
  });

  test("every instance: runs wait for one to come back", async () => {
    const eventId = await send("sleep", "patient");
    await asleep(eventId, "patient", "before");
    await Promise.all([kill(a), kill(b)]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await startInstance(b);
    expect(await ended(eventId)).toMatchObject({ status: "Completed" });
    expect(await seen("patient")).toEqual(["before", "after"]);
  });

  test("a step that kills its app fails in the end, and holds nobody up", async () => {
    const poisoned = await send("poison", "poison");
    // The supervisor's part: whoever has died comes back.
    const watch = setInterval(() => {
      for (const place of [a, b]) {
        if (place.child?.signalCode !== "SIGKILL") continue;
        place.child = undefined;
        void startInstance(place);
      }
    }, 100);
    try {
      const run = await until(() => ended(poisoned).catch(() => undefined), 90_000);
      expect(run).toMatchObject({
        status: "Failed",
        output: { message: expect.stringContaining("The app was lost 5 times") },
      });
      expect(await seen("poison")).toHaveLength(5);
      expect(await ended(await send("loop", "neighbour"))).toMatchObject({ status: "Completed" });
    } finally {
      clearInterval(watch);
    }
  });
});
