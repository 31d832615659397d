import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { startPostgres } from "../embedded/postgres/index.ts";
import { readSecrets } from "../embedded/secrets.ts";
import { migrate } from "../prisma/migrate.ts";
import { generateApi } from "./api-types.ts";
import { Children } from "./children.ts";
import { emptyDatabase } from "./database.ts";
import { acquireLock } from "./lock.ts";
import { playwrightCount, type Tally, vitestCount } from "./tally.ts";

/** Of instance A; B has the next one. */
const E2E_PORT = Number(process.env.E2E_PORT || 3100);
const children = new Children();
const quiet = () => undefined;

/** vitest, with an empty, migrated database in the environment. */
async function unit(args: string[]): Promise<Tally> {
  const dataDir = ".data/test";
  const report = resolve(dataDir, "unit.json");
  const lock = await acquireLock(dataDir, "test", []);
  const postgres = await startPostgres({ dataDir, log: quiet });
  try {
    const url = await emptyDatabase(postgres.url);
    await migrate(url);
    // A route answers with it.
    await generateApi();
    await rm(report, { force: true });
    const code = await children.node(
      [
        "vitest/vitest.mjs",
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
        ...args,
      ],
      { DATABASE_URL: url, SESSION_SECRET: (await readSecrets(dataDir)).SESSION_SECRET },
    );
    return await vitestCount(report, code);
  } finally {
    await postgres.stop();
    await lock.release();
  }
}

/** Playwright, against a demo of its own with an empty database. */
async function e2e(args: string[]): Promise<Tally> {
  // Here, not above: unit tests run where Playwright is not installed.
  const { ensureBrowser } = await import("../e2e/browser.ts");
  const { ensureNginx } = await import("../e2e/nginx.ts");
  ensureBrowser(console.log);
  ensureNginx(console.log);
  const dataDir = ".data/e2e";
  const report = resolve(dataDir, "e2e.json");
  // The demo adopts the server, and stops it at its end.
  const postgres = await startPostgres({ dataDir, log: quiet });
  try {
    await emptyDatabase(postgres.url);
    const demo = await children.demo({
      DATA_DIR: dataDir,
      PORT: String(E2E_PORT),
      DATABASE_URL: "",
      ENV_FILE: "",
      // All of the tests' guests come from one address.
      GUESTS_PER_ADDRESS: "1000000",
      ADDRESS_LIMIT_FACTOR: "1000",
      ANSWERS_PER_INSTANCE: "1000",
      // Tests use the embedded services, never somebody's account.
      OPENAI_API_KEY: "",
      OPENAI_BASE_URL: "",
      UPSTASH_REDIS_REST_URL: "",
      S3_ENDPOINT: "",
      S3_BUCKET: "",
      INNGEST_BASE_URL: "",
      INNGEST_EVENT_KEY: "",
      INNGEST_SIGNING_KEY: "",
      INNGEST_DEV: "",
    });
    try {
      await rm(report, { force: true });
      const code = await children.node(["@playwright/test/cli.js", "test", ...args], {
        E2E_REPORT: report,
        // For the instances that tests start themselves: DATABASE_URL, OPENAI_BASE_URL and so on.
        ...demo.services,
        E2E_BASE_URL: `http://localhost:${E2E_PORT}`,
        PATTERNBOOK_A: `http://localhost:${E2E_PORT}`,
        PATTERNBOOK_B: `http://localhost:${E2E_PORT + 1}`,
      });
      return await playwrightCount(report, code);
    } finally {
      await demo.stop();
    }
  } finally {
    await postgres.stop();
  }
}

const [first = "", ...rest] = process.argv.slice(2);
const suites = { unit, e2e };
const only = first === "unit" || first === "e2e" ? first : undefined;
const args = only ? rest : process.argv.slice(2);

const total: Tally = { passed: 0, failed: 0, remarks: [] };
const names: ("unit" | "e2e")[] = only ? [only] : ["unit", "e2e"];
for (const name of names) {
  try {
    const { passed, failed, remarks } = await suites[name](args);
    total.passed += passed;
    total.failed += failed;
    total.remarks.push(...remarks);
  } catch (error) {
    // A suite that cannot run is one failure.
    total.failed += 1;
    const why = `failed: ${name}: ${error instanceof Error ? error.message : error}`;
    console.error(`\n${why}`);
    total.remarks.push(why);
  }
  if (children.interrupted) break;
}
for (const remark of total.remarks) console.log(remark);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(children.interrupted ? 130 : total.failed > 0 || total.passed === 0 ? 1 : 0);
