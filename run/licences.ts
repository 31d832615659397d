import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../", import.meta.url);

/** Licences of anything: they ask for their text to be kept, and for no more. */
const PERMISSIVE = new Set([
  ...["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"],
  ...["Unlicense", "CC0-1.0", "Python-2.0"],
]);
/** Licences of certain packages alone, which are used as they come, unchanged and unlinked. */
const OF_SOME: Record<string, RegExp> = {
  // Fonts, and a table of browsers.
  "OFL-1.1": /^(geist|@fontsource-variable\/newsreader)$/,
  "CC-BY-4.0": /^caniuse-lite$/,
  // The library under Next's optional sharp, which nothing here calls.
  "LGPL-3.0-or-later": /^@img\/sharp-/,
  // A layout engine of Prisma's studio, which nothing here starts.
  "EPL-2.0": /^elkjs$/,
  // A CSS parser under Vite, which a part of Scalar's names as optional; nothing here starts it in production.
  "MPL-2.0": /^lightningcss(-|$)/,
  // Published without a word about it; Scalar's script, which /docs loads, has a part of it inside.
  none: /^neverpanic$/,
};
/** What package-lock.json does not say, or not by its SPDX name: as the package's own files do. */
const SPELT: Record<string, string> = {
  "SIL OPEN FONT LICENSE": "OFL-1.1",
  "MIT and ISC": "MIT AND ISC",
};
export const UNSAID: Record<string, string> = {
  busboy: "MIT",
  "seq-queue": "MIT",
  streamsearch: "MIT",
  "xmlhttprequest-ssl": "MIT",
  neverpanic: "none",
};

export interface Licensed {
  name: string;
  versions: string[];
  licence: string;
}
interface Lock {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; name?: string }>;
}

/** What is installed with `npm ci --omit=dev`, on any platform; a package once for each licence of it. */
export function licensed({ packages }: Lock): Licensed[] {
  const found = new Map<string, Licensed>();
  for (const [path, { version = "", license = "", dev, name: alias }] of Object.entries(packages)) {
    if (path === "" || dev) continue;
    const name = alias ?? (path.split("node_modules/").at(-1) as string);
    const licence = SPELT[license] ?? (license || UNSAID[name] || "unknown");
    const one = found.get(`${name} ${licence}`) ?? { name, versions: [], licence };
    if (!one.versions.includes(version)) one.versions.push(version);
    found.set(`${name} ${licence}`, one);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a package may be used under one of the licences that its SPDX expression offers. */
export function isAllowed({ name, licence }: Licensed): boolean {
  const may = (id: string) => PERMISSIVE.has(id) || OF_SOME[id]?.test(name) === true;
  const terms = licence.replace(/[()]/g, "").split(" AND ");
  return terms.every((term) => term.split(" OR ").some(may));
}

/** docs/licences.md. */
export function licencesPage(all: Licensed[]): string {
  const rows = all.map(
    ({ name, versions, licence }) => `| ${name} | ${versions.sort().join(", ")} | ${licence} |`,
  );
  return [
    "# Licences",
    "",
    "Of the packages that run in production, all platforms' taken together. `npm run licences` makes this of",
    "`package-lock.json`; a test fails where it is out of date, and where a licence is not on the list in",
    "[`run/licences.ts`](../run/licences.ts).",
    "",
    "| package | version | licence |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

export const readLock = async (): Promise<Lock> =>
  JSON.parse(await readFile(new URL("package-lock.json", root), "utf8"));

if (pathToFileURL(process.argv[1] ?? "").href === import.meta.url) {
  const page = licencesPage(licensed(await readLock()));
  await writeFile(fileURLToPath(new URL("docs/licences.md", root)), page);
}
