import { defineConfig, devices } from "@playwright/test";
import { findBrowser } from "./e2e/browser.ts";

// run/test.ts starts what the tests need: a demo of its own on ports 3100 and 3101 (E2E_PORT).
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  forbidOnly: Boolean(process.env.CI),
  // A machine that stalls for seconds is no defect; what fails twice is. A test that needed it is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 60_000,
  reporter: [["list"], ["json", { outputFile: process.env.E2E_REPORT || "test-results/e2e.json" }]],
  use: {
    baseURL: process.env.E2E_BASE_URL || "http://localhost:3100",
    // A trace costs more than most tests do: where there is a second try, that one has it.
    trace: process.env.CI ? "on-first-retry" : "retain-on-failure",
    launchOptions: {
      ...findBrowser(),
      args: [
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
        ...["--no-first-run", "--disable-quic"],
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
  },
  projects: [
    { name: "pages", use: devices["Desktop Chrome"], testIgnore: "**/*.kill.spec.ts" },
    // They end instances: nothing else may run beside them, not even each other.
    {
      name: "kills",
      workers: 1,
      use: devices["Desktop Chrome"],
      testMatch: "**/*.kill.spec.ts",
      dependencies: ["pages"],
    },
  ],
});
