import type { Sample } from "../../suite.ts";
import type { Running } from "../stage.ts";
import { quantile } from "../stats.ts";
import { cpuMs } from "../usage.ts";
import { atRest } from "./fan-out.ts";
import { isWholeJson, rawSocket } from "./raw-socket.ts";

const now = () => performance.timeOrigin + performance.now();

/** Polls that wait for the same event. */
export interface Polls {
  server: Running;
  path: string;
  headers: Record<string, string>;
  /** Makes the event happen. */
  wake(): Promise<unknown>;
  /** What is to be done before the next round. */
  calm?(): Promise<unknown>;
}

export const pollUnits = { "all answered": "ms", "answered p50": "ms", "CPU a poll": "µs" };

/**
 * Has so many polls wait, and wakes them all with one event. The time runs from when the server made
 * the event, as its answer says, to when each poll is answered.
 */
export async function wakeAll(polls: Polls, count: number): Promise<Sample> {
  const { server } = polls;
  const answers = Array.from({ length: count }, () => poll(polls));
  const settled = Promise.all(answers.map(({ answered }) => answered));
  // A poll that fails before it is waited for is found below.
  settled.catch(() => undefined);
  await Promise.all(answers.map(({ asked }) => asked));
  await atRest(server.pid);
  const cpu = cpuMs(server.pid);
  await polls.wake();
  const took = await settled;
  const used = cpuMs(server.pid) - cpu;
  for (const { socket } of answers) socket.destroy();
  await polls.calm?.();
  return {
    "all answered": Math.max(...took),
    "answered p50": quantile(took, 0.5),
    "CPU a poll": (used * 1_000) / count,
  };
}

function poll({ server, path, headers }: Polls) {
  let resolveAsked = () => {};
  let text = "";
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve;
  });
  let done = (_ms: number) => {};
  let fail = (_error: Error) => {};
  const answered = new Promise<number>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  const socket = rawSocket(server.base, (bytes) => {
    const at = now();
    text += bytes.toString("latin1");
    if (!isWholeJson(text)) return;
    const sentAt = /"sentAt":\s*([\d.]+)/.exec(text)?.[1];
    if (!text.startsWith("HTTP/1.1 200 ") || sentAt === undefined)
      fail(new Error(`A poll was answered ${text.slice(0, 600)}`));
    else done(at - Number(sentAt));
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const host = `Host: ${new URL(server.base).host}`;
  socket.on("connect", () => {
    socket.write([`GET ${path} HTTP/1.1`, host, ...lines, "\r\n"].join("\r\n"));
    resolveAsked();
  });
  socket.on("error", fail).on("close", () => fail(new Error("A poll was cut.")));
  return { socket, asked, answered };
}
