import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** The network between an instance and a server, in the hands of a test. */
export interface FaultProxy {
  /** The server's URL, by way of here. */
  url: string;
  /** Nobody listens any more, and every connection is reset: the server is gone. */
  refuse(): Promise<void>;
  /** Everything is accepted and nothing answered: the server hangs. What is sent meanwhile is kept. */
  hang(): void;
  /** All is well again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function createFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let hanging = false;

  function forward(client: Socket): void {
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream];
    for (const socket of pair) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        for (const one of pair) {
          one.destroy();
          open.delete(one);
        }
      });
    }
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => client.write(bytes));
    if (hanging) for (const socket of pair) socket.pause();
  }

  const server = createServer(forward);
  const listen = (at: number) => once(server.listen(at, "127.0.0.1"), "listening");
  await listen(0);
  const here = (server.address() as AddressInfo).port;
  const url = new URL(target);
  url.host = `127.0.0.1:${here}`;

  async function refuse(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.resetAndDestroy();
    await closed;
  }

  return {
    url: url.href,
    refuse,
    hang() {
      hanging = true;
      for (const socket of open) socket.pause();
    },
    async restore() {
      hanging = false;
      if (!server.listening) await listen(here);
      for (const socket of open) socket.resume();
    },
    async close() {
      if (server.listening) await refuse();
    },
  };
}
