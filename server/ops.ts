import type { ServerResponse } from "node:http";
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

/** Ready: started, not draining, and the database answers. */
async function answerReady(response: ServerResponse): Promise<void> {
  const { phase } = lifecycle();
  if (phase !== "ready") return send(response, 503, phase);
  const answers = await databaseAnswers();
  send(response, answers ? 200 : 503, answers ? "ready" : "the database does not answer");
}

async function databaseAnswers(): Promise<boolean> {
  const late = new Promise<false>((resolve) =>
    setTimeout(resolve, PROBE_TIMEOUT_MS, false).unref(),
  );
  const asked = pool()
    .query("SELECT 1")
    .then(
      () => true,
      () => false,
    );
  return Promise.race([asked, late]);
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
