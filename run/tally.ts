import { readFile } from "node:fs/promises";

export interface Tally {
  passed: number;
  failed: number;
  /** What failed, and what needed its second try: a line each. */
  remarks: string[];
}

/** Counts vitest's JSON report. A file that does not load has no tests: it counts as one failure. */
export async function vitestCount(report: string, exitCode: number): Promise<Tally> {
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = await read(report);
  const remarks: string[] = [];
  let broken = 0;
  for (const { name, status, assertionResults: tests } of testResults) {
    for (const { fullName, status, failureMessages } of tests) {
      if (status === "failed") remarks.push(`failed: ${fullName} (${name})`);
      // The messages of the first try stay with a test that passed in its second.
      else if (failureMessages.length > 0) remarks.push(`flaky: ${fullName} (${name})`);
    }
    // Its imports, or a hook of the whole file.
    if (status !== "failed" || tests.some((test: { status: string }) => test.status === "failed"))
      continue;
    broken += 1;
    remarks.push(`failed: ${name}`);
  }
  return withExit(
    { passed: numPassedTests, failed: numFailedTests + broken, remarks },
    exitCode,
    report,
  );
}

/** Counts Playwright's JSON report. */
export async function playwrightCount(report: string, exitCode: number): Promise<Tally> {
  const { stats = {}, errors = [], suites = [] } = await read(report);
  const { expected = 0, flaky = 0, unexpected = 0 } = stats;
  const remarks = [
    ...suites.flatMap(remarksOf),
    ...errors.map(({ message = "" }) => `failed: ${message.split("\n")[0]}`),
  ];
  return withExit(
    { passed: expected + flaky, failed: unexpected + errors.length, remarks },
    exitCode,
    report,
  );
}

/** A suite holds tests ("specs"), and suites. */
// biome-ignore lint/suspicious/noExplicitAny: a foreign format.
function remarksOf({ specs = [], suites = [] }: any): string[] {
  const own: string[] = [];
  for (const { title, file, line, tests } of specs)
    for (const { status } of tests) {
      if (status === "unexpected") own.push(`failed: ${title} (${file}:${line})`);
      if (status === "flaky") own.push(`flaky: ${title} (${file}:${line})`);
    }
  return [...own, ...suites.flatMap(remarksOf)];
}

/** A runner that is not content without saying why (a crash, no report) is a failure, too. */
function withExit(tally: Tally, exitCode: number, report: string): Tally {
  if (exitCode === 0 || tally.failed > 0) return tally;
  const remark = `failed: the runner ended with ${exitCode}, and ${report} does not say why`;
  return { ...tally, failed: 1, remarks: [...tally.remarks, remark] };
}

// biome-ignore lint/suspicious/noExplicitAny: two foreign formats, of which a few counts are read.
async function read(report: string): Promise<any> {
  return JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
}
