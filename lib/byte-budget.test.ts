import { expect, test } from "vitest";
import { createByteBudget } from "./byte-budget";

test("all shares together have the bytes of the budget, and no more", () => {
  const budget = createByteBudget(10);
  const [one, two] = [budget.share(), budget.share()];
  expect([one.add(6), two.add(4), two.add(1), one.add(0)]).toEqual([true, true, false, true]);
  expect(budget.held()).toBe(10);
  one.giveBack();
  one.giveBack();
  expect(budget.held()).toBe(4);
  expect(two.add(6)).toBe(true);
  two.giveBack();
  expect(budget.held()).toBe(0);
});
