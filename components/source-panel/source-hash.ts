/** Fragment that opens one file in the source panel, such as "#source/app/(chat)/README.md". */
export function sourceHash(path: string) {
  return `#source/${path}`;
}

/** The file a fragment names, if it names one. */
export function fileOfHash(hash: string): string | undefined {
  return decodeURIComponent(hash).match(/^#source\/(.+)$/)?.[1];
}
