import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { isAlive } from "../embedded/process.ts";
import { type InstanceSpec, type Supervisor, supervise } from "./supervisor.ts";

/** An instance that says its process id over IPC, as a request to kill nobody. */
const program = (body: string) => `process.on("disconnect", () => process.exit()); ${body}`;
const spec = (name: string, body: string): InstanceSpec => ({
  name,
  command: [process.execPath, "-e", program(body)],
  cwd: "/",
  env: { PATH: process.env.PATH },
});
const IDLE = `setInterval(() => {}, 1000);
  const tell = () => process.send({ type: "kill", name: "pid " + process.pid }); tell();`;

let supervisor: Supervisor | undefined;
afterEach(() => supervisor?.stop());

function run(specs: InstanceSpec[], graceMs = 5_000) {
  const log: string[] = [];
  supervisor = supervise(specs, { log: (line) => log.push(line), graceMs });
  const pids = (name: string) =>
    log.flatMap((line) =>
      line.startsWith(`${name} asks`) ? [Number(/pid (\d+)/.exec(line)?.[1])] : [],
    );
  return { supervisor, log, pids };
}

test("one that is killed with -9 comes back; the other one stays", async () => {
  const { supervisor, pids } = run([spec("A", IDLE), spec("B", IDLE)]);
  await vi.waitFor(() => expect([pids("A").length, pids("B").length]).toEqual([1, 1]), 5_000);
  expect(supervisor.kill("B")).toBe(true);
  await vi.waitFor(() => expect(pids("B")).toHaveLength(2), 5_000);
  expect(isAlive(pids("B")[0] as number)).toBe(false);
  expect(pids("A")).toHaveLength(1);
  await supervisor.stop();
  expect([...pids("A"), ...pids("B")].filter(isAlive)).toEqual([]);
});

test("an instance may ask for the end of another one", async () => {
  const asks = `${IDLE} setTimeout(() => process.send({ type: "kill", name: "B" }), 500);`;
  const { pids, log } = run([spec("A", asks), spec("B", IDLE)]);
  await vi.waitFor(() => expect(pids("B")).toHaveLength(2), 5_000);
  expect(log).toContain("instance B ended (SIGKILL); the next one starts in 300 ms");
});

test("one that keeps dying is started less and less often", async () => {
  const { log } = run([spec("A", "process.exit(7)")]);
  await vi.waitFor(() => expect(log).toHaveLength(3), 5_000);
  expect(log.map((line) => Number(/in (\d+) ms/.exec(line)?.[1]))).toEqual([300, 600, 1200]);
  expect(log[0]).toContain("code 7");
});

test("a program that does not exist is reported, not thrown", async () => {
  const { log } = run([{ ...spec("A", ""), command: ["/nonexistent/program"] }]);
  await vi.waitFor(() => expect(log[0]).toContain("ENOENT"), 5_000);
});

test("one that ignores SIGTERM is killed after the grace, with its children", async () => {
  const stubborn = `process.on("SIGTERM", () => {});
    const child = require("node:child_process").spawn("sleep", ["100"]);
    ${IDLE.replaceAll("process.pid", "child.pid")}`;
  const { supervisor, pids } = run([spec("A", stubborn)], 300);
  await vi.waitFor(() => expect(pids("A")).toHaveLength(1), 5_000);
  const started = Date.now();
  await supervisor.stop();
  expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  await sleep(50);
  expect(pids("A").filter(isAlive)).toEqual([]);
});

test("after stop nothing is started", async () => {
  const { supervisor, log } = run([spec("A", "process.exit(1)")]);
  await vi.waitFor(() => expect(log).toHaveLength(1), 5_000);
  await supervisor.stop();
  await sleep(500);
  expect(log).toHaveLength(1);
});
