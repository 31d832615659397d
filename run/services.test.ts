import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isAlive } from "../embedded/process.ts";
import { readSecrets } from "../embedded/secrets.ts";
import { startEmbedded } from "./embedded.ts";
import { startServices } from "./services.ts";

const DATABASE_URL = "postgresql://user@localhost/given";
const root = new URL("..", import.meta.url).pathname;
const quiet = () => undefined;
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "patternbook-"));
  vi.stubEnv("DATABASE_URL", DATABASE_URL);
  vi.stubEnv("OPENAI_API_KEY", "");
  vi.stubEnv("OPENAI_BASE_URL", "");
  vi.stubEnv("SESSION_SECRET", "");
  for (const name of ["BASE_URL", "EVENT_KEY", "SIGNING_KEY", "DEV"]) {
    vi.stubEnv(`INNGEST_${name}`, "");
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDir, { recursive: true, force: true });
});

/** GET /v1/models with the key: the status, or 0 where nobody listens. */
const models = (url: string, key: string) =>
  fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}` } }).then(
    ({ status }) => status,
    () => 0,
  );

/** What the executor says of its health: 503 without its database, 0 where nobody listens. */
const health = (url: string) =>
  fetch(`${url}/health`).then(
    ({ status }) => status,
    () => 0,
  );

test("what the environment does not name is started, and ends with stop", async () => {
  const { env, stop } = await startServices(dataDir, quiet);
  const { OPENAI_BASE_URL = "", OPENAI_API_KEY = "", INNGEST_BASE_URL = "" } = env;
  expect(env).toEqual({
    DATABASE_URL,
    SESSION_SECRET: (await readSecrets(dataDir)).SESSION_SECRET,
    OPENAI_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
    OPENAI_API_KEY: expect.stringMatching(/^[\w-]{43}$/),
    OPENAI_MODEL: "patternbook-docs",
    INNGEST_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    INNGEST_EVENT_KEY: expect.stringMatching(/^[0-9a-f]{64}$/),
    INNGEST_SIGNING_KEY: expect.stringMatching(/^signkey-embedded-[0-9a-f]{64}$/),
    EMBEDDED_SERVICES: "openai,inngest",
  });
  expect(await models(OPENAI_BASE_URL, OPENAI_API_KEY)).toBe(200);
  expect(await health(INNGEST_BASE_URL)).toBe(503);
  await stop();
  expect(await models(OPENAI_BASE_URL, OPENAI_API_KEY)).toBe(0);
  expect(await health(INNGEST_BASE_URL)).toBe(0);
});

test.each([
  ["OPENAI_API_KEY", "sk-mine", "OPENAI", "inngest"],
  ["OPENAI_BASE_URL", "http://localhost:11434/v1", "OPENAI", "inngest"],
  ["INNGEST_BASE_URL", "http://localhost:8288", "INNGEST", "openai"],
  ["INNGEST_DEV", "1", "INNGEST", "openai"],
  ["INNGEST_SIGNING_KEY", "signkey-prod-1234", "INNGEST", "openai"],
])("%s alone is a choice: nothing is started or set for it", async (name, value, prefix, other) => {
  vi.stubEnv(name, value);
  const { env, stop } = await startServices(dataDir, quiet);
  await stop();
  expect(Object.keys(env).filter((key) => key.startsWith(prefix))).toEqual([]);
  expect(env.EMBEDDED_SERVICES).toBe(other);
});

test("one that is killed with -9 comes back on the same port, with the same key", async () => {
  const log: string[] = [];
  const embedded = await startEmbedded({
    keys: { openai: "key" },
    log: (line) => log.push(line),
  });
  const address = embedded.addresses.openai as string;
  expect(embedded.kill()).toBe(true);
  await vi.waitFor(() => expect(log).toHaveLength(1), 5_000);
  expect(log[0]).toBe(
    "instance of the embedded services ended (SIGKILL); the next one starts in 300 ms",
  );
  await vi.waitFor(async () => expect(await models(address, "key")).toBe(200), {
    timeout: 10_000,
    interval: 100,
  });
  await embedded.stop();
});

test("a service that does not exist is an error, and nothing stays behind", async () => {
  await expect(startEmbedded({ keys: { oracle: "key" }, log: quiet })).rejects.toThrow(
    "The embedded services do not start (code 1).",
  );
});

test("they end with the process that has started them, whatever it dies of", async () => {
  const code = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["--import", "tsx", "embedded/services.ts", "openai"], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
    child.on("message", ({ services }) => console.log(child.pid + " " + services.openai));`;
  const parent = spawn(process.execPath, ["-e", code], {
    cwd: root,
    env: { ...process.env, EMBEDDED_OPENAI_KEY: "key" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) => parent.stdout.once("data", resolve));
  const [pid = "", address = ""] = String(line).trim().split(" ");
  expect(await models(address, "key")).toBe(200);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), 5_000);
});

test("they refuse to start in production unless they may", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "embedded/services.ts", "openai"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", EMBEDDED_OPENAI_KEY: "key" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(1);
  expect(text).toContain("EMBEDDED_ALLOW_PRODUCTION");
});
