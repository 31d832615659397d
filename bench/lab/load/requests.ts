import type { Sample } from "../../suite.ts";
import type { Running } from "../stage.ts";
import { quantile } from "../stats.ts";
import { cpuMs } from "../usage.ts";
import { isWholeJson, rawSocket } from "./raw-socket.ts";

/** Connections are made, and what is in flight is what it will be. */
const SETTLE_MS = 200;

export const requestUnits = { "requests a second": "/s", p50: "µs", "CPU a request": "µs" };

/**
 * The same GET over so many connections that are kept, one request at a time on each, for a while.
 * @throws Error where one is not answered by that body
 */
export async function ask(
  { base, pid }: Running,
  path: string,
  body: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Sample> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${new URL(base).host}\r\n\r\n`);
  const micros: number[] = [];
  let [answers, measuring, over] = [0, false, false];

  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let answer = "";
      let sent = 0;
      const next = () => {
        sent = performance.now();
        socket.write(request);
      };
      const socket = rawSocket(base, (bytes) => {
        answer += bytes.toString("latin1");
        if (!isWholeJson(answer)) return;
        if (!answer.startsWith("HTTP/1.1 200 ") || !answer.includes(body))
          reject(new Error(`Answered ${answer.slice(0, 600)}`));
        answer = "";
        if (measuring) {
          answers++;
          micros.push((performance.now() - sent) * 1_000);
        }
        if (!over) return next();
        socket.destroy();
        resolve();
      });
      socket.on("error", reject).on("connect", next);
      socket.on("close", () => reject(new Error("The connection was closed.")));
    });

  const all = Promise.all(Array.from({ length: connections }, worker));
  const span = (ms: number) => Promise.race([all, new Promise((done) => setTimeout(done, ms))]);
  await span(SETTLE_MS);
  measuring = true;
  const [cpu, begun] = [cpuMs(pid), performance.now()];
  await span(seconds * 1_000);
  const took = (performance.now() - begun) / 1_000;
  const used = cpuMs(pid) - cpu;
  over = true;
  const counted = answers;
  await all;
  return {
    "requests a second": counted / took,
    p50: quantile(micros, 0.5),
    "CPU a request": (used * 1_000) / counted,
  };
}
