import type { Input } from "../contract";

/** The file of an import: the one that was given, or the sample. */
export const csvOf = ({ csv, sample }: Input<"import">): string =>
  csv ?? sampleCsv(sample?.rows ?? 0, sample?.bad ?? 0);

/** A made-up file, always the same one for the same numbers: a step that is repeated reads it again. */
export function sampleCsv(rows: number, bad: number): string {
  const lines = Array.from({ length: rows }, (_, n) => {
    // The bad ones are spread over the file.
    const isBad = Math.floor(((n + 1) * bad) / rows) > Math.floor((n * bad) / rows);
    const email = isBad ? "not an address" : `person${n + 1}@example.com`;
    return `Person ${n + 1},${email},${((n * 37) % 400) + 1}`;
  });
  return ["name,email,amount", ...lines, ""].join("\n");
}
