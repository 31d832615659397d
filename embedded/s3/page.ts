/** A page of a listing: what is shown of the keys, in order, and where the next page begins. */
export interface Page<T> {
  items: T[];
  prefixes: string[];
  truncated: boolean;
  /** The last key or common prefix shown. */
  last?: string;
}

interface Wanted {
  prefix: string;
  delimiter: string;
  /** What the page before ended with: where that is a common prefix, it has been shown. */
  after: string;
  max: number;
}

/**
 * Rolls keys up to their common prefix before the delimiter. A common prefix counts as one item, and those that were
 * shown on the page before are not shown again.
 * @param entries those that have not been shown, in the order of their keys in UTF-8
 */
export function paginate<T>(
  entries: readonly (readonly [key: string, item: T])[],
  wanted: Wanted,
): Page<T> {
  const { prefix, delimiter, after, max } = wanted;
  const page: Page<T> = { items: [], prefixes: [], truncated: false };
  for (const [key, item] of entries) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const name = at < 0 ? key : key.slice(0, at + delimiter.length);
    if (at >= 0 && (name === page.last || name === after)) continue;
    if (page.items.length + page.prefixes.length === max) {
      page.truncated = max > 0;
      break;
    }
    if (at < 0) page.items.push(item);
    else page.prefixes.push(name);
    page.last = name;
  }
  return page;
}

/** The order of S3's listings. */
export const compareUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
