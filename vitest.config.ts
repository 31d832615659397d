import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["{app,components,lib,embedded,prisma,run,server,bench}/**/*.test.{ts,tsx}"],
    // The application does not start without these; a test that stores something names its own store.
    env: {
      S3_BUCKET: "not-there",
      AWS_ACCESS_KEY_ID: "none",
      AWS_SECRET_ACCESS_KEY: "none",
    },
    // Files wait more than they compute, and each has streams and rows of its own.
    maxWorkers: 3,
    testTimeout: 30_000,
    // A machine that is busy is no defect; what fails twice is. run/test.ts names a test that needed it.
    retry: process.env.CI ? 1 : 0,
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
});
