import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Results, resultsSchema } from "@/bench/lab/results";

const folder = () => path.join(/*turbopackIgnore: true*/ process.cwd(), "bench");

/** The kept results as they are on this machine's disk now, and the suites that there are. */
export async function readResults(): Promise<{ results: Results; suites: string[] }> {
  const [text, files] = await Promise.all([
    readFile(path.join(folder(), "results/latest.json"), "utf8").catch(missing("{}")),
    readdir(path.join(folder(), "suites")).catch(missing([])),
  ]);
  const results = resultsSchema.parse(JSON.parse(text));
  const suites = files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3));
  return { results, suites: [...new Set([...suites, ...Object.keys(results)])].sort() };
}

/** An image of the application may be shipped without its benchmarks: the page then says that there are none. */
const missing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === "ENOENT") return instead;
    throw error;
  };
