import { migrate } from "../prisma/migrate.ts";
import { seed } from "../prisma/seed.ts";
import { build, isBuilt } from "./build.ts";
import { launch } from "./launch.ts";
import { step } from "./steps.ts";

/** The production build, twice, with a supervisor: what `npm run demo` is. run/prepare.ts comes before it. */
const built = await isBuilt();

await launch({
  what: "demo",
  instances: Number(process.env.INSTANCES || 2),
  command: [process.execPath, "--enable-source-maps", "dist/server.js"],
  env: { NODE_ENV: "production", DEMO_CONTROLS: "1" },
  // Of the database alone, once it is seeded: 400, and up to 256 of its log.
  megabytes: built ? 900 : 1_600,
  prepare: async (databaseUrl) => {
    await step("migrations", () => migrate(databaseUrl));
    // One waits for the database, the other for the compiler.
    await step(`seed, and build${built ? " (up to date)" : ""}`, async () => {
      const both = await Promise.allSettled([seed(databaseUrl), build()]);
      for (const one of both) if (one.status === "rejected") throw one.reason;
    });
  },
});
