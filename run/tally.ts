import { readFile } from "node:fs/promises";

export interface Tally {
  passed: number;
  failed: number;
}

/** Counts vitest's JSON report. A file that does not load has no tests: it counts as one failure. */
export async function vitestCount(report: string, exitCode: number): Promise<Tally> {
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = await read(report);
  const broken = testResults.filter(
    (file: { status: string; assertionResults: { status: string }[] }) =>
      file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  return withExit({ passed: numPassedTests, failed: numFailedTests + broken }, exitCode);
}

/** Counts Playwright's JSON report. */
export async function playwrightCount(report: string, exitCode: number): Promise<Tally> {
  const { stats = {}, errors = [] } = await read(report);
  const { expected = 0, flaky = 0, unexpected = 0 } = stats;
  return withExit({ passed: expected + flaky, failed: unexpected + errors.length }, exitCode);
}

/** A runner that is not content without saying why (a crash, no report) is a failure, too. */
function withExit(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

// biome-ignore lint/suspicious/noExplicitAny: two foreign formats, of which a few counts are read.
async function read(report: string): Promise<any> {
  return JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
}
