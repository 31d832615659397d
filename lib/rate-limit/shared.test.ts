import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedRedis, startRedis } from "../../embedded/redis/index.ts";
import { HttpError } from "../http";
import { logger } from "../logger";
import { metrics } from "../metrics";
import { remember } from "../remember";
import { algorithms } from "./algorithms/decide";
import { BreakerOpen, createBreaker } from "./breaker";
import { createClient } from "./client";
import type { Policy, WhenDown } from "./policy";
import { createRedisLimiter } from "./redis-limiter";
import { DECISION_MS, whenShared } from "./shared";
import { createUpstashLimiter } from "./upstash-limiter";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
async function embedded(): Promise<EmbeddedRedis> {
  const redis = await startRedis({ token: "t" });
  closers.push(() => redis.stop());
  return redis;
}
const answering = (status: number, body: string) => () =>
  serve((_, response) => response.writeHead(status).end(body));

/** Ways of a Redis to be away, each as an address. */
const faults: Record<string, () => Promise<string>> = {
  "takes no connection": async () => "http://127.0.0.1:1",
  hangs: () => serve(() => {}),
  "hangs in the middle": () => serve((_, response) => response.writeHead(200).write("[")),
  "cuts the connection": () => serve((request) => request.socket.destroy()),
  "answers 500": answering(500, "Internal Server Error"),
  "answers 401": async () => (await embedded()).url,
  "answers nonsense": answering(200, "<html>"),
  "answers other JSON": answering(200, '[{"result":["x"]}]'),
  "answers null": answering(200, "null"),
};

let policies = 0;
const policyFor = (limit = 3): Policy => ({
  name: `shared-test-${policies++}`,
  limit,
  windowMs: 60_000,
  limiter: () => {
    throw new Error("not asked for");
  },
});
const kinds = {
  "our script": (policy: Policy, url: string, token: string) => {
    const client = createClient(url, token);
    return createRedisLimiter(algorithms["fixed-window"], policy, () => client);
  },
  "@upstash/ratelimit": (policy: Policy, url: string, token: string) => {
    const client = createClient(url, token);
    return createUpstashLimiter(policy, () => client);
  },
};

describe.each(Object.entries(kinds))("%s, when Redis", (_, make) => {
  describe.each(Object.entries(faults))("%s", (_name, addressOf) => {
    async function limiterFor(whenDown: WhenDown) {
      const policy = policyFor();
      const shared = make(policy, await addressOf(), "not the token");
      return whenShared(policy, shared, { whenDown, insuredLimit: 2, breaker: createBreaker() });
    }

    it("is answered as the route has declared, and says who decided", async () => {
      expect(DECISION_MS).toBeLessThan(500);
      const [open, insured, closed] = await Promise.all(
        (["open", "insured", "closed"] as const).map(limiterFor),
      );
      expect(await open?.decide("me", 1)).toMatchObject({ allowed: true, decidedBy: "nobody" });
      const insuredAnswers = [];
      for (let i = 0; i < 3; i++) insuredAnswers.push(await insured?.decide("me", 1));
      expect(insuredAnswers).toMatchObject([
        { allowed: true, decidedBy: "insurance" },
        { allowed: true, decidedBy: "insurance" },
        { allowed: false, decidedBy: "insurance" },
      ]);
      const error = await closed?.decide("me", 1).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(HttpError);
      expect((error as HttpError).status).toBe(503);
      expect(new Headers((error as HttpError).extra.headers).get("retry-after")).toBe("2");
    });
  });
});

it("asks nobody for a second after a failure, then one request does, and all is as before", async () => {
  const redis = await embedded();
  const policy = policyFor();
  let now = 0;
  const breaker = createBreaker({ now: () => now, failures: 1 });
  const shared = kinds["our script"](policy, redis.url, "t");
  const limiter = whenShared(policy, shared, { whenDown: "insured", insuredLimit: 3, breaker });
  const by = async () => (await limiter.decide("me", 1)).decidedBy;
  expect(await by()).toBe("redis");
  const pull = (fault: string | null) =>
    fetch(`${redis.url}/plug`, {
      method: "POST",
      headers: { authorization: "Bearer t" },
      body: JSON.stringify({ fault, seconds: 60 }),
    }).then((response) => response.text());
  await pull("error");
  await vi.waitFor(async () => expect(await by()).toBe("insurance"));
  const decide = vi.spyOn(shared, "decide");
  now += 999;
  expect(await by()).toBe("insurance");
  expect(decide).not.toHaveBeenCalled();
  await pull(null);
  await vi.waitFor(async () => {
    now += 1_000;
    expect(await by()).toBe("redis");
  });
  expect(await by()).toBe("redis");
});

describe("the breaker", () => {
  it("lets one of many through to see", async () => {
    let now = 0;
    const breaker = createBreaker({ now: () => now, probeEveryMs: 100 });
    const fail = () => Promise.reject(new Error("down"));
    await expect(breaker.run(fail)).rejects.toThrow("down");
    await expect(breaker.run(fail)).rejects.toThrow("down");
    await breaker.run(async () => "an accident");
    for (let i = 0; i < 3; i++) await expect(breaker.run(fail)).rejects.toThrow("down");
    expect(breaker.isOpen()).toBe(true);
    now = 99;
    await expect(breaker.run(fail)).rejects.toBeInstanceOf(BreakerOpen);
    now = 100;
    const probe = deferred();
    const first = breaker.run(() => probe.promise);
    await expect(breaker.run(async () => "second")).rejects.toBeInstanceOf(BreakerOpen);
    probe.resolve("up");
    expect(await first).toBe("up");
    expect(breaker.isOpen()).toBe(false);
  });
});

function deferred() {
  let resolve: (value: string) => void = () => undefined;
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

it("is logged once in a while, without who asked, and counted each time", async () => {
  const warn = vi.spyOn(logger(), "warn").mockImplementation(() => undefined);
  remember("rate-limit-logged", () => ({ at: 0 })).at = Number.NEGATIVE_INFINITY;
  const policy = policyFor();
  const url = await answering(400, '{"error":"ERR broken"}')();
  const shared = kinds["our script"](policy, url, "t");
  const limiter = whenShared(policy, shared, {
    whenDown: "open",
    breaker: createBreaker({ probeEveryMs: 0 }),
  });
  for (let i = 0; i < 5; i++) await limiter.decide("user:secret", 1);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(JSON.stringify(warn.mock.calls)).toContain("ERR broken");
  expect(JSON.stringify(warn.mock.calls)).not.toContain("secret");
  const { values } = await metrics().rateLimitFallbacks.get();
  const mine = values.filter(({ labels }) => labels.policy === policy.name);
  expect(mine).toMatchObject([{ value: 5, labels: { what: "open" } }]);
});
