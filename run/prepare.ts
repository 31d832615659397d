import { requireNode } from "../server/node-version.ts";

// Evaluated to its end before a command's own file is loaded (prepare.mjs), so that a command may import what is
// generated here. Nothing but Node is needed up to the first line that checks it.

requireNode();
const { loadEnvFile } = await import("../lib/env.ts");
loadEnvFile();
const { requireVariables } = await import("./variables.ts");
requireVariables();
const { generate, isGenerated } = await import("../prisma/generate.ts");
const { step } = await import("./steps.ts");
if (!isGenerated()) await step("Prisma client", async () => generate());
