import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpError } from "@/lib/http";
import { eventLimits } from "./contract";
import { assertPayload } from "./payload";

function statusOf(payload: unknown): number {
  try {
    assertPayload(payload);
    return 201;
  } catch (error) {
    return (error as HttpError).status;
  }
}

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("assertPayload", () => {
  it("takes every small JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(JSON.stringify(value).length < 4_000);
        expect(statusOf(value)).toBe(201);
      }),
    );
  });

  it("counts the bytes of its JSON, not its characters", () => {
    const most = eventLimits.payloadBytes - 2;
    expect(statusOf("x".repeat(most))).toBe(201);
    expect(statusOf("x".repeat(most + 1))).toBe(413);
    expect(statusOf("é".repeat(most / 2))).toBe(201);
    expect(statusOf("é".repeat(most / 2 + 1))).toBe(413);
  });

  it("refuses deep nesting, however deep, without falling over it", () => {
    const { payloadDepth } = eventLimits;
    const statuses = [1, payloadDepth, payloadDepth + 1, 30_000].map((n) => statusOf(nested(n)));
    expect(statuses).toEqual([201, 201, 400, 400]);
  });
});
