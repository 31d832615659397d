import { headReader, openAll, rawSocket } from "./raw-socket.ts";
import { createTally, type Tally } from "./tally.ts";

export interface Readers {
  tally: Tally;
  close(): void;
}

/**
 * So many readers of one stream of events.
 * @param ready what each must have been sent before it counts as attached
 */
export async function openReaders(
  base: string,
  { path, headers, ready }: { path: string; headers: Record<string, string>; ready: string },
  count: number,
): Promise<Readers> {
  const tally = createTally(count);
  const request = [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(base).host}`,
    "Accept: text/event-stream",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n");
  let closing = false;

  const open = (reader: number) =>
    new Promise<{ destroy(): void }>((resolve, reject) => {
      const head = headReader(200);
      let begun: string | undefined;
      let attached = false;
      const socket = rawSocket(base, (bytes) => {
        try {
          if (attached) return tally.take(reader, bytes);
          const body = begun === undefined ? head(bytes) : bytes;
          if (body === undefined) return;
          begun = (begun ?? "") + body.toString("latin1");
          attached = begun.includes(ready);
          if (attached) resolve(socket);
        } catch (error) {
          reject(error);
        }
      });
      socket.on("error", reject).on("connect", () => socket.write(request));
      socket.on("close", () => {
        if (!closing) reject(new Error(`Reader ${reader} was cut.`));
      });
    });

  const sockets = await openAll(count, open);
  return {
    tally,
    close() {
      closing = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
