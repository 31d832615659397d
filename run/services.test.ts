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
  vi.stubEnv("UPSTASH_REDIS_REST_URL", "");
  vi.stubEnv("SESSION_SECRET", "");
  vi.stubEnv("S3_ENDPOINT", "");
  vi.stubEnv("S3_BUCKET", "");
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

/** What the store answers to whom it does not know; 0 where nobody listens. */
const stranger = (url: string) =>
  fetch(url).then(
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
  const { OPENAI_BASE_URL = "", OPENAI_API_KEY = "", S3_ENDPOINT = "" } = env;
  const { INNGEST_BASE_URL = "" } = env;
  expect(env).toEqual({
    DATABASE_URL,
    SESSION_SECRET: (await readSecrets(dataDir)).SESSION_SECRET,
    OPENAI_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
    OPENAI_API_KEY: expect.stringMatching(/^[\w-]{43}$/),
    OPENAI_MODEL: "patternbook-docs",
    OPENAI_REASONING_EFFORT: "low",
    S3_ENDPOINT: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    S3_BUCKET: "patternbook",
    S3_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "patternbook",
    AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^[\w-]{43}$/),
    UPSTASH_REDIS_REST_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    UPSTASH_REDIS_REST_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
    INNGEST_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    INNGEST_EVENT_KEY: expect.stringMatching(/^[0-9a-f]{64}$/),
    INNGEST_SIGNING_KEY: expect.stringMatching(/^signkey-embedded-[0-9a-f]{64}$/),
    EMBEDDED_SERVICES: "openai,inngest,redis,s3",
  });
  expect(env.AWS_SECRET_ACCESS_KEY).not.toBe(OPENAI_API_KEY);
  expect(await models(OPENAI_BASE_URL, OPENAI_API_KEY)).toBe(200);
  expect(await stranger(S3_ENDPOINT)).toBe(403);
  const { UPSTASH_REDIS_REST_URL = "", UPSTASH_REDIS_REST_TOKEN = "" } = env;
  expect(await stranger(UPSTASH_REDIS_REST_URL)).toBe(401);
  const pong = await fetch(UPSTASH_REDIS_REST_URL, {
    method: "POST",
    headers: { authorization: `Bearer ${UPSTASH_REDIS_REST_TOKEN}` },
    body: '["PING"]',
  });
  expect(await pong.json()).toEqual({ result: "PONG" });
  expect(await health(INNGEST_BASE_URL)).toBe(503);
  await stop();
  expect(await health(INNGEST_BASE_URL)).toBe(0);
  expect(await models(OPENAI_BASE_URL, OPENAI_API_KEY)).toBe(0);
  expect(await stranger(S3_ENDPOINT)).toBe(0);
  expect(await stranger(UPSTASH_REDIS_REST_URL)).toBe(0);
});

test.each([
  ["OPENAI_API_KEY", "sk-mine", "OPENAI", "inngest,redis,s3"],
  ["OPENAI_BASE_URL", "http://localhost:11434/v1", "OPENAI", "inngest,redis,s3"],
  ["S3_ENDPOINT", "http://localhost:9000", "S3_", "openai,inngest,redis"],
  ["S3_BUCKET", "mine", "S3_", "openai,inngest,redis"],
  ["UPSTASH_REDIS_REST_URL", "https://mine.upstash.io", "UPSTASH_", "openai,inngest,s3"],
  ["INNGEST_BASE_URL", "http://localhost:8288", "INNGEST", "openai,redis,s3"],
  ["INNGEST_DEV", "1", "INNGEST", "openai,redis,s3"],
  ["INNGEST_SIGNING_KEY", "signkey-prod-1234", "INNGEST", "openai,redis,s3"],
])("%s alone is a choice: nothing is started or set for it", async (name, value, prefix, other) => {
  vi.stubEnv(name, value);
  const { env, stop } = await startServices(dataDir, quiet);
  await stop();
  expect(Object.keys(env).filter((key) => key.startsWith(prefix))).toEqual([]);
  expect(env.EMBEDDED_SERVICES).toBe(other);
});

test("keys of AWS alone are no choice: the shell may have them for something else", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  const { env, stop } = await startServices(dataDir, quiet);
  await stop();
  expect(env.AWS_ACCESS_KEY_ID).toBe("patternbook");
});

test("those that are killed with -9 come back on the same ports, with the same keys", async () => {
  const log: string[] = [];
  const embedded = await startEmbedded({
    keys: { openai: "key", s3: "key" },
    env: { EMBEDDED_S3_DATA: join(dataDir, "s3") },
    log: (line) => log.push(line),
  });
  const { openai = "", s3 = "" } = embedded.addresses;
  expect(embedded.kill()).toBe(true);
  await vi.waitFor(() => expect(log).toHaveLength(1), 5_000);
  expect(log[0]).toBe(
    "instance of the embedded services ended (SIGKILL); the next one starts in 300 ms",
  );
  const patience = { timeout: 10_000, interval: 100 };
  await vi.waitFor(async () => expect(await models(openai, "key")).toBe(200), patience);
  await vi.waitFor(async () => expect(await stranger(s3)).toBe(403), patience);
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
