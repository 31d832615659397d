import type { Pattern } from "@/app/pattern";
import { readSource } from "./read-source";
import { sourcePaths } from "./source-paths";
import { SourceTabs } from "./source-tabs";

/** The files of a slice, read from disk for this request: the code on the page is the code that runs. */
export async function SourcePanel({ pattern }: { pattern: Pattern }) {
  const files = await Promise.all(sourcePaths(pattern).map(readSource));
  return <SourceTabs files={files} folder={pattern.folder} />;
}
