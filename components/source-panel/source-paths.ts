import type { Pattern } from "@/app/pattern";

/** The files of a slice in reading order: its sources, its README, its spec. */
export function sourcePaths(pattern: Pattern): string[] {
  return [...pattern.sources, `${pattern.folder}/README.md`, pattern.spec];
}
