import { quantile } from "../../bench/lab/stats";

const AT = '"at":"';

/**
 * How late a reader is sent what was stored: by the time in the entries, one of each chunk, which all
 * the others came with. The database and we go by one clock.
 * @param before what stands before an entry's place on the wire
 */
export function createLag(before: string) {
  const lags: number[] = [];
  let place = 0;
  return {
    take(bytes: Buffer): void {
      const at = bytes.indexOf(AT);
      const stored = at < 0 ? "" : bytes.toString("latin1", at + AT.length, at + AT.length + 24);
      if (stored.endsWith("Z")) lags.push(Date.now() - Date.parse(stored));
      const last = bytes.lastIndexOf(before);
      const from = last + before.length;
      if (last >= 0)
        place = Number.parseInt(bytes.toString("latin1", from, from + 12), 10) || place;
    },
    /** The last place it has come to. */
    place: () => place,
    quantile: (part: number) => quantile(lags, part),
  };
}

export type Lag = ReturnType<typeof createLag>;
