import { test } from "../fixtures";

/** How far a figure may go: what is promised, and what a test allows beyond it, and why. */
export interface Bound {
  promised: number;
  allowed: number;
  because?: string;
}

export const exactly = (promised: number): Bound => ({ promised, allowed: promised });

/** A machine that is slow by itself is allowed twice what it takes without the fault. */
export const orTwice = (promised: number, without: number): Bound => ({
  ...{ promised, allowed: Math.max(promised, 2 * without) },
  because: "twice as much as without the fault",
});

/** Keeps a figure with the test's result, and what held it: the promise itself, or what is allowed beyond it. */
export function measured(what: string, figure: number, unit: string, bound?: Bound): void {
  const say = (value: number) => `${Math.round(value * 10) / 10} ${unit}`;
  const held = bound ? `, ${heldBy(figure, bound, say)}` : "";
  test.info().annotations.push({ type: "measured", description: `${what}: ${say(figure)}${held}` });
}

function heldBy(figure: number, bound: Bound, say: (value: number) => string): string {
  const { promised, allowed, because } = bound;
  if (figure <= promised) return `within the promised ${say(promised)}`;
  const beyond = `beyond the promised ${say(promised)}`;
  if (allowed === promised) return beyond;
  const reach = figure <= allowed ? "within" : "beyond";
  return `${beyond}, ${reach} the ${say(allowed)} allowed here (${because})`;
}
