import { expect, it } from "vitest";
import { inTurn } from "./turns";

it("lets three at once, the rest in their order, and gives a turn back also after a failure", async () => {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 6 }, (_, n) =>
    inTurn(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error("fails");
    }).catch((error: Error) => error.message),
  );
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  await soon();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await soon();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (let n = 1; n < 6; n++) {
    await soon();
    ends[n]?.();
  }
  expect(await Promise.all(all)).toEqual(["fails", ...Array(5).fill(undefined)]);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
});
