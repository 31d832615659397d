import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCache } from "./cache";
import type { Asked } from "./exchange";

const vary = "Accept, X-API-Version";
const ask = (version: number): Asked => ({
  path: "/api/articles/1",
  headers: { "X-API-Version": String(version) },
});

/** An origin that answers in the version it is asked for, and counts. */
function createOrigin(headers: Record<string, string> = {}) {
  const asked: Asked[] = [];
  const origin = async (request: Asked) => {
    asked.push(request);
    const body = `version ${request.headers?.["X-API-Version"]}`;
    const said = { "cache-control": "public, max-age=60", vary, ...headers };
    return { asked: request, answered: { status: 200, headers: said, body } };
  };
  return { asked, origin };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a cache", () => {
  it("that knows Vary keeps the versions apart", async () => {
    const { asked, origin } = createOrigin();
    const cache = createCache(origin, { vary: true });
    const got = [];
    for (const version of [1, 2, 1, 2]) got.push(await cache.ask(ask(version)));
    expect(got.map(({ answered, from }) => [from, answered.body])).toEqual([
      ["origin", "version 1"],
      ["origin", "version 2"],
      ["cache", "version 1"],
      ["cache", "version 2"],
    ]);
    expect([asked.length, cache.size()]).toEqual([2, 2]);
  });

  it("that does not hands the first version to everybody", async () => {
    const { asked, origin } = createOrigin();
    const cache = createCache(origin, { vary: false });
    await cache.ask(ask(1));
    const { answered, from } = await cache.ask(ask(2));
    expect([from, answered.body, asked.length]).toEqual(["cache", "version 1", 1]);
  });

  it("lets go of what is stale, and never takes what is private", async () => {
    const { asked, origin } = createOrigin();
    const cache = createCache(origin, { vary: true });
    await cache.ask(ask(1));
    vi.advanceTimersByTime(59_000);
    expect((await cache.ask(ask(1))).from).toBe("cache");
    vi.advanceTimersByTime(2_000);
    expect((await cache.ask(ask(1))).from).toBe("origin");
    expect(asked).toHaveLength(2);
    for (const control of ["private, no-store", "private, max-age=60", "no-store"]) {
      const closed = createCache(createOrigin({ "cache-control": control }).origin, { vary: true });
      await closed.ask(ask(1));
      expect([(await closed.ask(ask(1))).from, closed.size()]).toEqual(["origin", 0]);
    }
  });

  it("is empty once cleared", async () => {
    const cache = createCache(createOrigin().origin, { vary: true });
    await cache.ask(ask(1));
    cache.clear();
    expect([(await cache.ask(ask(1))).from, cache.size()]).toEqual(["origin", 1]);
  });
});
