import { describe, expect, it, vi } from "vitest";
import type { Bus } from "@/lib/bus/bus";
import { createAudience } from "./audience";

/** A bus that delivers at once, to all who share it. */
function localBus(): Bus {
  const listeners = new Set<(message: string) => void>();
  return {
    async publish(_channel, message) {
      for (const listener of listeners) listener(message);
    },
    subscribe(_channel, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: async () => {},
    close: async () => {},
  };
}

describe("audience", () => {
  it("is there while somebody reads, and for ten seconds after", async () => {
    vi.useFakeTimers();
    const audience = createAudience({ bus: localBus(), self: "a" });
    const leave = audience.enter("ada", "sse");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(audience.isWatched("ada")).toBe(true);
    leave();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(audience.isWatched("ada")).toBe(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(audience.isWatched("ada")).toBe(false);
    audience.close();
    vi.useRealTimers();
  });

  it("is told of the readers of other instances", async () => {
    vi.useFakeTimers();
    const bus = localBus();
    const [a, b] = [createAudience({ bus, self: "a" }), createAudience({ bus, self: "b" })];
    const leave = b.enter("ada", "websocket");
    await vi.advanceTimersByTimeAsync(30_000);
    expect([a.isWatched("ada"), a.isWatched("bob")]).toEqual([true, false]);
    leave();
    await vi.advanceTimersByTimeAsync(13_000);
    expect(a.isWatched("ada")).toBe(false);
    a.close();
    b.close();
    vi.useRealTimers();
  });

  it("takes as many readers of a kind as it is told to", () => {
    const audience = createAudience({ bus: localBus(), self: "a", readersPerUser: 12 });
    for (let n = 0; n < 12; n++) audience.enter("ada", "sse");
    expect(() => audience.enter("ada", "sse")).toThrow("429");
    audience.close();
  });

  it("bounds the readers of a kind, and leaving twice counts once", () => {
    const audience = createAudience({ bus: localBus(), self: "a" });
    const leaves = Array.from({ length: 10 }, () => audience.enter("ada", "sse"));
    expect(() => audience.enter("ada", "sse")).toThrow("429");
    audience.enter("ada", "long-poll");
    audience.enter("bob", "sse");
    leaves[0]?.();
    leaves[0]?.();
    expect(audience.readers("ada")).toBe(10);
    audience.enter("ada", "sse");
    expect(() => audience.enter("ada", "sse")).toThrow("429");
    audience.close();
  });
});
