import { expect, it, vi } from "vitest";
import { env } from "@/lib/env";
import { chatLimits } from "../contract";
import { createSendLimit } from "./limits";

const { messageBurst, messagesPerSecond } = chatLimits;

/** How many of these attempts are let through. */
function passed(attempts: number, attempt: (n: number) => void): number {
  let count = 0;
  for (let n = 0; n < attempts; n++)
    try {
      attempt(n);
      count++;
    } catch (error) {
      expect(error).toMatchObject({ status: 429, slug: "too-fast" });
    }
  return count;
}

it("lets a user with many sockets send no more than with one", () => {
  const limitFor = createSendLimit();
  const sockets = Array.from({ length: 10 }, () => limitFor("ada", "192.0.2.1"));
  expect(passed(200, (n) => sockets[n % 10]?.())).toBe(messageBurst);
});

it("lets the guests of one address send no more together than a few of them", () => {
  vi.useFakeTimers();
  const limitFor = createSendLimit();
  const guests = Array.from({ length: 50 }, (_, n) => limitFor(`guest ${n}`, "192.0.2.1"));
  const factor = env().ADDRESS_LIMIT_FACTOR;
  expect(passed(5_000, (n) => guests[n % 50]?.())).toBe(messageBurst * factor);
  vi.advanceTimersByTime(1_000);
  expect(passed(5_000, (n) => guests[n % 50]?.())).toBe(messagesPerSecond * factor);
  const elsewhere = limitFor("guest 50", "192.0.2.2");
  expect(passed(messageBurst, elsewhere)).toBe(messageBurst);
  vi.useRealTimers();
});
