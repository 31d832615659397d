import { startInngest } from "../index.ts";

/** An executor in a process of its own, to be killed. Says over IPC when it takes events. */
const { DATABASE_URL = "", PORT, APPS = "", EVENT_KEY, SIGNING_KEY } = process.env;
const { url, ready } = await startInngest({
  databaseUrl: DATABASE_URL,
  port: Number(PORT),
  apps: APPS.split(","),
  eventKey: EVENT_KEY,
  signingKey: SIGNING_KEY,
  backoff: () => 200,
});
await ready;
process.send?.(url);
process.once("disconnect", () => process.exit());
