import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { defaultBackoff } from "./backoff.ts";
import { readConfig } from "./config.ts";
import { nextTick } from "./cron.ts";
import { durationMs, retryAfterMs } from "./duration.ts";
import { keyOf, matches } from "./expression.ts";
import { isSigningKey, sign, verify } from "./signature.ts";
import { isTriggeredBy } from "./trigger-name.ts";
import { seededUlid, ulid } from "./ulid.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");

describe("signatures", () => {
  const key = "signkey-test-0123456789abcdef";

  test("hold for their body, their key and five minutes", () => {
    const header = sign('{"a":1}', key, NOW);
    expect(header).toMatch(/^t=1772323200&s=[0-9a-f]{64}$/);
    expect(verify(header, '{"a":1}', key, NOW + 299_000)).toBe(true);
    expect(verify(header, '{"a":1}', "0123456789abcdef", NOW)).toBe(true);
    expect(verify(header, '{"a":2}', key, NOW)).toBe(false);
    expect(verify(header, '{"a":1}', "signkey-test-0123456789abcdee", NOW)).toBe(false);
    expect(verify(header, '{"a":1}', key, NOW + 301_000)).toBe(false);
    expect(verify(header, '{"a":1}', key, NOW - 301_000)).toBe(false);
    for (const bad of [undefined, "", "t=&s=", "t=x&s=y"]) {
      expect(verify(bad, "", key, NOW)).toBe(false);
    }
  });

  test("a bearer token is the key, plain or hashed as the SDK does", () => {
    const hash = createHash("sha256").update("0123456789abcdef", "hex").digest("hex");
    expect(isSigningKey(key, key)).toBe(true);
    expect(isSigningKey(`signkey-test-${hash}`, key)).toBe(true);
    expect(isSigningKey(hash, key)).toBe(false);
    expect(isSigningKey("", key)).toBe(false);
  });
});

describe("times", () => {
  test("durations are those that the SDK writes", () => {
    expect(durationMs("2s")).toBe(2_000);
    expect(durationMs("1w2d3h4m5s")).toBe(788_645_000);
    for (const bad of ["", "2", "s", "2x", "-2s", "2.5s"]) expect(durationMs(bad)).toBeUndefined();
  });

  test("Retry-After is seconds or a date", () => {
    expect(retryAfterMs("3", NOW)).toBe(3_000);
    expect(retryAfterMs("2026-03-01T00:00:10.000Z", NOW)).toBe(10_000);
    expect(retryAfterMs("Sun, 01 Mar 2026 00:00:20 GMT", NOW)).toBe(20_000);
    expect(retryAfterMs("2020-01-01T00:00:00Z", NOW)).toBe(0);
    expect(retryAfterMs("soon", NOW)).toBeUndefined();
    expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  });

  test("the backoff grows, stays, and is scattered by a fifth", () => {
    const waits = [0, 1, 2, 3, 4, 50].map((attempt) => defaultBackoff(attempt, () => 0));
    expect(waits).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 600_000]);
    expect(defaultBackoff(0, () => 0.999)).toBe(1_200);
  });

  test("schedules are in UTC unless they name a zone", () => {
    const iso = (time?: number) => time && new Date(time).toISOString();
    expect(iso(nextTick("0 9 * * *", NOW))).toBe("2026-03-01T09:00:00.000Z");
    expect(iso(nextTick("TZ=Europe/Zurich 0 9 * * *", NOW))).toBe("2026-03-01T08:00:00.000Z");
    expect(iso(nextTick("0 9 * * *", NOW + 9 * 3_600_000))).toBe("2026-03-02T09:00:00.000Z");
    expect(() => nextTick("every day", NOW)).toThrow();
  });
});

describe("expressions", () => {
  const event = { data: { id: "a", n: 2 } };

  test("look at event and async; what is not there makes them false", () => {
    const values = { event, async: { data: { id: "a" } } };
    expect(matches("event.data.id == async.data.id && event.data.n > 1", values)).toBe(true);
    expect(matches("event.data.id == async.data.other", values)).toBe(false);
    expect(matches("event.data.id", values)).toBe(false);
    expect(matches(undefined, values)).toBe(true);
  });

  test("are keys as text", () => {
    expect(keyOf("event.data.id", { event })).toBe("a");
    expect(keyOf("event.data.n", { event })).toBe("2");
    expect(keyOf('event.data.id + "-x"', { event })).toBe("a-x");
    expect(keyOf("event.data.other", { event })).toBe("");
    expect(keyOf(undefined, { event })).toBe("");
  });
});

describe("ids", () => {
  test("are ULIDs in the order of time, and the same for the same seed", () => {
    expect(ulid(NOW)).toMatch(/^01KJK[0-9A-Z]{21}$/);
    expect(ulid(NOW) < ulid(NOW + 1)).toBe(true);
    expect(ulid(0, new Uint8Array(10))).toBe("0".repeat(26));
    expect(seededUlid("5,AAAA", 0)).toBe(seededUlid("5,AAAA", 0));
    expect(seededUlid("5,AAAA", 0)).not.toBe(seededUlid("5,AAAA", 1));
    expect(seededUlid("nonsense", 0)).toBeUndefined();
  });
});

describe("the trigger", () => {
  test.each([
    ["app/*", ["app/user.created", "app/blog/post"], ["app", "app/", "apple/x"]],
    ["app/user.*", ["app/user.created"], ["app/user", "app/user.", "app/users.x"]],
    ["app/user.created", ["app/user.created"], ["app/user.created.x"]],
  ])("%s takes what its name says", (trigger, taken, left) => {
    expect(taken.filter((name) => isTriggeredBy(trigger, name))).toEqual(taken);
    expect(left.filter((name) => isTriggeredBy(trigger, name))).toEqual([]);
  });
});

describe("what is registered", () => {
  const step = { runtime: { type: "http" } };
  const given = (more: object) => ({ id: "app-fn", triggers: [], steps: { step }, ...more });

  test("has three retries unless it says otherwise", () => {
    expect(readConfig(given({}), "app").maxAttempts).toBe(4);
    const none = { steps: { step: { ...step, retries: { attempts: 0 } } } };
    expect(readConfig(given(none), "app").maxAttempts).toBe(1);
  });

  test.each([
    ["throttle", { throttle: { limit: 1, period: "1s" } }],
    ["debounce", { debounce: { period: "1s" } }],
    ["rateLimit", { rateLimit: { limit: 1, period: "1s" } }],
    ["priority", { priority: { run: "1" } }],
    ["singleton", { singleton: { mode: "skip" } }],
    ["idempotency", { idempotency: "event.data.id" }],
    ["timeouts", { timeouts: { finish: "1m" } }],
    ["more than one concurrency limit", { concurrency: [{ limit: 1 }, { limit: 2 }] }],
    ["the concurrency scope env", { concurrency: { limit: 1, scope: "env" } }],
    ["batchEvents.if", { batchEvents: { maxSize: 2, timeout: "1s", if: "true" } }],
    ["jitter", { triggers: [{ cron: "* * * * *", jitter: "5s" }] }],
    ["the wildcard in app/us*", { triggers: [{ event: "app/us*" }] }],
    ["the wildcard in a*/b", { triggers: [{ event: "a*/b" }] }],
    ["the wildcard in *", { triggers: [{ event: "*" }] }],
    ["the schedule often", { triggers: [{ cron: "often" }] }],
    ["the expression event.(", { triggers: [{ event: "a", expression: "event.(" }] }],
    ["the duration soon", { batchEvents: { maxSize: 2, timeout: "soon" } }],
    ["Connect", { steps: { step: { runtime: { type: "ws" } } } }],
  ])("is refused with %s", (name, more) => {
    expect(() => readConfig(given(more), "app")).toThrow(`not supported here: ${name}`);
  });
});
