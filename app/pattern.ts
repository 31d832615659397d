/** One pattern of the book: what it is called, where it lives, and what its page shows. */
export interface Pattern {
  slug: string;
  /** Position in the book, "01" to "09". */
  number: string;
  title: string;
  sentence: string;
  /** URL of its page. */
  page: string;
  /** Route group that holds the whole slice. */
  folder: string;
  /** Part of the cheat sheet it answers to. */
  cheatSheet: string;
  rule: { when: readonly string[]; whenNot: readonly string[] };
  /** Files shown in the source panel, relative to the repository. */
  sources: readonly string[];
  spec: `e2e/${string}.spec.ts`;
  /** False until the slice runs: it is then listed without a link. */
  ready: boolean;
}

/** What a slice says of itself, in its `pattern.ts`; the rest follows from the slug. */
export type PatternEntry = Omit<Pattern, "number" | "page" | "folder" | "spec">;
