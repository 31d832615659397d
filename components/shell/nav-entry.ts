import type { Pattern } from "@/app/pattern";

/** What navigation needs of a pattern: the browser does not receive the rest of the registry. */
export type NavEntry = Pick<Pattern, "slug" | "number" | "title" | "page" | "ready">;

export function navEntry({ slug, number, title, page, ready }: Pattern): NavEntry {
  return { slug, number, title, page, ready };
}
