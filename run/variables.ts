import { z } from "zod";
import { malformed } from "../lib/env.ts";
import { whole } from "../lib/env-kinds.ts";

/** What the commands take besides the application's own variables (lib/env.ts). */
const runnerSchema = z.object({
  INSTANCES: whole(2, 1, 26),
  E2E_PORT: whole(3100, 1, 65_534),
});

/** Lines about the variables that are given and not valid, those of the commands and of the application. */
export function complaints(source: Record<string, string | undefined>): string[] {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const { error } = runnerSchema.safeParse(given);
  const own = error?.issues.map(
    ({ path: [name], message }) =>
      `  ${String(name)} is not valid: ${message}. Example: ${String(name)}=2`,
  );
  const lines = [...malformed(source), ...(own ?? [])];
  const { INSTANCES = "2", PORT = "3000" } = given;
  if (lines.length === 0 && Number(PORT) + Number(INSTANCES) > 65_536)
    lines.push(
      "  PORT leaves no room: each of the INSTANCES takes the next port. Example: PORT=3000",
    );
  return lines;
}

/** Ends the process, with one list on stderr, where a variable is not valid: before anything is started. */
export function requireVariables(): void {
  const lines = complaints(process.env);
  if (lines.length === 0) return;
  process.stderr.write(
    `These variables are not valid:\n${lines.join("\n")}\nThe environment and the file .env are read; .env.example explains each.\n`,
  );
  process.exit(1);
}
