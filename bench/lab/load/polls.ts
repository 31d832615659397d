import type { Sample } from "../../suite.ts";
import type { Running } from "../stage.ts";
import { quantile } from "../stats.ts";
import { cpuMs } from "../usage.ts";
import { atRest } from "./fan-out.ts";
import { isWholeJson, rawSocket } from "./raw-socket.ts";

const now = () => performance.timeOrigin + performance.now();

const AT_ONCE = 200;

/** Polls that wait for the same event. */
export interface Polls {
  server: Running;
  path: string;
  headers: Record<string, string>;
  /** Makes the event happen. */
  wake(): Promise<unknown>;
  /** Resolves when those asked so far have been looked at: a server has no more hands than that at once. */
  taken?(): Promise<unknown>;
  /** What is to be done before the next round. */
  calm?(): Promise<unknown>;
}

export const pollUnits = { "all answered": "ms", "answered p50": "ms", "CPU a poll": "µs" };

/**
 * Has so many polls wait, and wakes them all with one event. The time runs from when the server made
 * the event, as the answers say, to when each poll is answered.
 */
export async function wakeAll(polls: Polls, count: number): Promise<Sample> {
  const { server } = polls;
  const answers: ReturnType<typeof poll>[] = [];
  while (answers.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - answers.length) }, () =>
      poll(polls),
    );
    answers.push(...some);
    await Promise.all(some.map(({ asked }) => asked));
    await polls.taken?.();
  }
  const settled = Promise.all(answers.map(({ answered }) => answered));
  await atRest(server.pid);
  const cpu = cpuMs(server.pid);
  await polls.wake();
  const all = await settled;
  // Whoever was told of a later one as well was late, too.
  const first = Math.min(...all.map(({ sentAt }) => sentAt));
  const took = all.map(({ at }) => at - first);
  const used = cpuMs(server.pid) - cpu;
  for (const { socket } of answers) socket.destroy();
  await polls.calm?.();
  return {
    "all answered": Math.max(...took),
    "answered p50": quantile(took, 0.5),
    "CPU a poll": (used * 1_000) / count,
  };
}

/** When a poll was answered, and when what it was told of happened. */
interface Answer {
  at: number;
  sentAt: number;
}

function poll({ server, path, headers }: Polls) {
  let resolveAsked = () => {};
  let text = "";
  const asked = new Promise<void>((resolve) => {
    resolveAsked = resolve;
  });
  let done = (_answer: Answer) => {};
  let fail = (_error: Error) => {};
  const answered = new Promise<Answer>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  // One that fails before it is waited for is found when it is.
  answered.catch(() => undefined);
  const socket = rawSocket(server.base, (bytes) => {
    const at = now();
    text += bytes.toString("latin1");
    if (!isWholeJson(text)) return;
    const sentAt = /"sentAt":\s*([\d.]+)/.exec(text)?.[1];
    if (!text.startsWith("HTTP/1.1 200 ") || sentAt === undefined)
      fail(new Error(`A poll was answered ${text.slice(0, 600)}`));
    else done({ at, sentAt: Number(sentAt) });
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
