import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * Makes the table of the direct lane when the server is bundled: the module `patternbook:routes`, with
 * every route file of app/ that needs nothing of Next's.
 */
export function laneRoutes(root: string): Plugin {
  return {
    name: "lane-routes",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^patternbook:routes$/ }, ({ path }) => ({ path, namespace: "lane" }));
      onLoad({ filter: /.*/, namespace: "lane" }, async () => {
        const files = await routesWithoutNext(root);
        const imports = files.map(
          (file, i) => `import * as r${i} from ${JSON.stringify(`./${file}`)};`,
        );
        const entries = files.map((file, i) => `${JSON.stringify(pathOf(file))}: r${i},`);
        const contents = [...imports, "export const routes = {", ...entries, "};"].join("\n");
        return { contents, resolveDir: root, loader: "js" };
      });
    },
  };
}

/** `app/(slice)/api/jobs/[job]/route.ts` → `/api/jobs/[job]`: what is in parentheses is no segment. */
export const pathOf = (file: string): string =>
  file
    .replace(/^app/, "")
    .replace(/\/route\.ts$/, "")
    .replaceAll(/\/\([^/]+\)/g, "");

/** The route files that import nothing from Next, themselves or by what they import; no catch-all. */
export async function routesWithoutNext(root: string): Promise<string[]> {
  const all = await readdir(join(root, "app"), { recursive: true });
  const files = all
    .filter((file) => /(^|\/)route\.ts$/.test(file) && !file.includes("[..."))
    .map((file) => `app/${file}`)
    .sort();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    write: false,
    metafile: true,
    outdir: "unused",
    packages: "external",
    alias: { "@": root.replace(/[\\/]$/, "") },
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  const needsNext = new Set(
    Object.values(metafile.outputs)
      .filter(({ imports }) => imports.some(({ path }) => /^next(\/|$)/.test(path)))
      .map(({ entryPoint }) => entryPoint),
  );
  return files.filter((file) => !needsNext.has(file));
}
