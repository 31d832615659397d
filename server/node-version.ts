/** The oldest Node that the application runs on: the first release of 24 with long-term support. */
export const OLDEST_NODE = "24.11.0";

/**
 * What is wrong with this version of Node, in one line; undefined where it is new enough.
 * @param version as in `process.versions.node`: `24.21.0`
 */
export function nodeComplaint(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return (
    `Patternbook needs Node ${OLDEST_NODE} or newer, and this is Node ${version}. ` +
    "`npm ci` installs one for the npm scripts; where it may not, install Node 24 itself."
  );
}

/** Ends the process, with one line on stderr, where its Node is too old. */
export function requireNode(): void {
  const complaint = nodeComplaint(process.versions.node);
  if (!complaint) return;
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
