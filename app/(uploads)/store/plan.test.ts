import fc from "fast-check";
import { expect, test } from "vitest";
import { missingParts, partCount, partSizeFor, plannedPart } from "./plan";

const MiB = 1024 * 1024;
const anySize = fc.oneof(
  fc.integer({ min: 0, max: 64 * MiB }),
  fc.integer({ min: 1, max: 5_000_000 }).map((n) => n * MiB),
);

test("the parts are the file, and keep S3's rules", () => {
  fc.assert(
    fc.property(anySize, (size) => {
      const partSize = partSizeFor(size);
      const count = partCount(size, partSize);
      expect(count).toBeLessThanOrEqual(10_000);
      expect(partSize).toBeGreaterThanOrEqual(5 * MiB);
      const first = plannedPart(size, partSize, 1);
      const last = plannedPart(size, partSize, count);
      expect(first?.offset).toBe(0);
      expect((last?.offset ?? 0) + (last?.bytes ?? 0)).toBe(size);
      if (count > 1) expect(first?.bytes).toBe(partSize);
      expect(plannedPart(size, partSize, count + 1)).toBeUndefined();
      expect(plannedPart(size, partSize, 0)).toBeUndefined();
    }),
  );
});

test("what is missing is what the store does not have, or not whole", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300 * MiB }),
      fc.uniqueArray(fc.integer({ min: 1, max: 50 })),
      fc.integer({ min: 1, max: 50 }),
      (size, numbers, torn) => {
        const partSize = partSizeFor(size);
        const stored = numbers.flatMap((number) => {
          const part = plannedPart(size, partSize, number);
          return part ? [{ number, bytes: number === torn ? part.bytes - 1 : part.bytes }] : [];
        });
        const missing = missingParts(size, partSize, stored).map(({ number }) => number);
        const whole = stored.filter(({ number }) => number !== torn).map(({ number }) => number);
        const all = [...missing, ...whole].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: partCount(size, partSize) }, (_, i) => i + 1));
      },
    ),
  );
});
