import { rawSocket } from "./raw-socket.ts";

export interface Answer {
  status: number;
  body: string;
}

/**
 * One connection that is kept, and one GET after the other on it. What `fetch` costs the generator is more than
 * what a small answer costs the server.
 */
export function oneConnection(base: string) {
  const { host } = new URL(base);
  let answer = "";
  let done: ((answer: Answer) => void) | undefined;
  let failed: ((error: Error) => void) | undefined;
  const socket = rawSocket(base, (bytes) => {
    answer += bytes.toString("latin1");
    const end = answer.indexOf("\r\n\r\n") + 4;
    if (end < 4) return;
    const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
    if (length === undefined) return failed?.(new Error(`Of no length: ${answer.slice(0, 400)}`));
    if (answer.length < end + Number(length)) return;
    const body = Buffer.from(answer.slice(end), "latin1").toString("utf8");
    done?.({ status: Number(answer.slice(9, 12)), body });
    answer = "";
  });
  socket.on("error", (error) => failed?.(error));
  socket.on("close", () => failed?.(new Error("The connection was closed.")));
  return {
    get: (path: string) =>
      new Promise<Answer>((resolve, reject) => {
        done = resolve;
        failed = reject;
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      }),
    close: () => void socket.destroy(),
  };
}
