/** Splits into at most `count` batches of nearly the same size, in order; none of them is empty. */
export function batchesOf<T>(items: readonly T[], count: number): T[][] {
  const batches: T[][] = [];
  const used = Math.min(count, items.length);
  for (let n = 0; n < used; n++) {
    const from = Math.floor((n * items.length) / used);
    batches.push(items.slice(from, Math.floor(((n + 1) * items.length) / used)));
  }
  return batches;
}
