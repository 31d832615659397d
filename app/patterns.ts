import { pattern as backgroundTasks } from "./(background-tasks)/pattern";
import { pattern as chat } from "./(chat)/pattern";
import { pattern as eventStream } from "./(event-stream)/pattern";
import { pattern as pagination } from "./(pagination)/pattern";
import { pattern as rateLimits } from "./(rate-limits)/pattern";
import { pattern as realtime } from "./(realtime)/pattern";
import { pattern as tokenStream } from "./(token-stream)/pattern";
import { pattern as uploads } from "./(uploads)/pattern";
import { pattern as versioning } from "./(versioning)/pattern";
import type { Pattern, PatternEntry } from "./pattern";

const entries = [
  backgroundTasks,
  chat,
  eventStream,
  tokenStream,
  uploads,
  pagination,
  rateLimits,
  realtime,
  versioning,
] as const;

export type Slug = (typeof entries)[number]["slug"];

/** The book in its order. Page, folder and spec follow from the slug. */
export const patterns: readonly (Pattern & { slug: Slug })[] = entries.map(
  (entry: PatternEntry & { slug: Slug }, index) => ({
    ...entry,
    number: String(index + 1).padStart(2, "0"),
    page: `/${entry.slug}`,
    folder: `app/(${entry.slug})`,
    spec: `e2e/${entry.slug}.spec.ts`,
  }),
);

/** The entry of one slice, for its own page. */
export function patternOf(slug: Slug): Pattern {
  const found = patterns.find((pattern) => pattern.slug === slug);
  if (!found) throw new Error(`No pattern is called ${slug}`);
  return found;
}
