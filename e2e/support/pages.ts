import { patterns } from "../../app/patterns";
import { A } from "../fixtures";

/** Every page, and one that is none. */
export const pages = [
  ...["/", "/docs", "/benchmarks", "/no-such-page"],
  ...patterns.map(({ page }) => page),
];

/** The addresses of the scripts, styles and fonts that a page loads. */
export async function assetsOf(page: string): Promise<string[]> {
  const html = await (await fetch(new URL(page, A))).text();
  return [...new Set(html.match(/\/_next\/static\/[^"'\\?]+/g))];
}
