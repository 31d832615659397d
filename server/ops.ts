import type { ServerResponse } from "node:http";
import { recentRefusal } from "@/lib/db/health";
import { pool } from "@/lib/db/pool";
import { lifecycle } from "@/lib/lifecycle";
import { metrics } from "@/lib/metrics";

const PROBE_TIMEOUT_MS = 1_500;

/** The addresses for those who run the process. Answers false for every other path. */
export function answerOps(path: string, response: ServerResponse): boolean {
  if (path === "/healthz") send(response, 200, "alive");
  else if (path === "/readyz") void answerReady(response);
  else if (path === "/metrics") void answerMetrics(response);
  else return false;
  return true;
}

const NO_ANSWER = "the database does not answer";

/** Ready: started, not draining, and the database answers, takes changes and has not refused a moment ago. */
async function answerReady(response: ServerResponse): Promise<void> {
  const { phase } = lifecycle();
  if (phase !== "ready") return send(response, 503, phase);
  const late = new Promise<string>((resolve) =>
    setTimeout(resolve, PROBE_TIMEOUT_MS, NO_ANSWER).unref(),
  );
  const fault = await Promise.race([faultOfDatabase().catch(() => NO_ANSWER), late]);
  send(response, fault ? 503 : 200, fault ?? "ready");
}

/** What keeps the database from taking changes; undefined where nothing does. */
async function faultOfDatabase(): Promise<string | undefined> {
  const client = await pool().connect();
  let readOnly = true;
  try {
    // On for a standby, too.
    const { rows } = await client.query<{ read_only: boolean }>(
      "SELECT current_setting('transaction_read_only')::boolean AS read_only",
    );
    readOnly = rows[0]?.read_only ?? true;
  } finally {
    // A new connection may lead to another server, which has taken over.
    client.release(readOnly);
  }
  return readOnly ? "the database can only be read" : recentRefusal();
}

async function answerMetrics(response: ServerResponse): Promise<void> {
  const { registry } = metrics();
  response.setHeader("Content-Type", registry.contentType);
  send(response, 200, await registry.metrics());
}

function send(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader("Content-Type"))
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(status).end(`${text}\n`);
}
