import { appendFileSync } from "node:fs";
import { client, startApp } from "./app.ts";

/** An application in a process of its own, to be killed. Its effects are lines of a file: they outlive it. */
const { PORT, BASE_URL = "", EFFECTS = "", EVENT_KEY, SIGNING_KEY, SLOW_MS } = process.env;
const app = await startApp(Number(PORT));
app.serve(client(BASE_URL, { eventKey: EVENT_KEY, signingKey: SIGNING_KEY }), {
  record: (effect) =>
    appendFileSync(EFFECTS, `${JSON.stringify({ ...effect, pid: process.pid })}\n`),
  cron: "0 0 1 1 *",
  slowMs: Number(SLOW_MS),
});
process.send?.(app.url);
process.once("disconnect", () => process.exit());
