/** A logarithmic scale over some values. */
export interface LogScale {
  at(value: number): number;
  /** Round values inside it: powers of ten, and where those are few, their double and fivefold. */
  ticks: number[];
}

/** Zero has no place on it, and a figure of zero was too small to be measured. */
const SMALLEST = 1e-3;

export function scaleOf(
  values: readonly number[],
  [from, to]: readonly [number, number],
): LogScale {
  const known = values.map((value) => Math.max(value, SMALLEST));
  const low = Math.min(...known);
  const high = Math.max(...known, low * 1.0001);
  const at = (value: number) => {
    const part = Math.log(Math.max(value, SMALLEST) / low) / Math.log(high / low);
    return Math.round((from + part * (to - from)) * 10) / 10;
  };
  return { at, ticks: ticksBetween(low, high) };
}

function ticksBetween(low: number, high: number): number[] {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    powers.push(10 ** power);
  const inside = (ticks: number[]) => ticks.filter((tick) => tick >= low && tick <= high);
  const tens = inside(powers);
  return tens.length > 2 ? tens : inside(powers.flatMap((power) => [power, 2 * power, 5 * power]));
}
