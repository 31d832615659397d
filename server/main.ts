import { requireNode } from "./node-version";

// What dist/server.js begins with, before anything is loaded that an older Node would not understand.
requireNode();
const { loadEnvFile } = await import("@/lib/env");
loadEnvFile();
await import("../server");
