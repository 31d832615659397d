import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { migrate } from "../prisma/migrate.ts";
import { seed } from "../prisma/seed.ts";
import { generateApi } from "./api-types.ts";
import { launch } from "./launch.ts";
import { step } from "./steps.ts";
import { watchServer } from "./watch.ts";

/** One instance with `next dev` inside; what the server itself is made of restarts it. */
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

await launch({
  what: "dev",
  instances: 1,
  // tsx as a loader, not as a command: one process, which gets the signals and the IPC channel.
  command: [process.execPath, "--import", tsx, "server.ts", "--dev"],
  env: { NODE_ENV: "development", DEMO_CONTROLS: "", LOG_LEVEL: process.env.LOG_LEVEL || "info" },
  megabytes: 900,
  prepare: async (databaseUrl) => {
    await step("OpenAPI document and client", generateApi);
    await step("migrations", () => migrate(databaseUrl));
    await step("seed", async () => seed(databaseUrl));
  },
  onReady: (supervisor) => {
    watchServer((file) => {
      console.log(`${file} has changed: restarting`);
      supervisor.restart("A");
    });
  },
});
