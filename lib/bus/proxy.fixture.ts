import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** The network between a bus and its server, in the hands of a test. */
export interface Proxy {
  port: number;
  /** Opens the port; until then connections are refused. */
  open(): Promise<void>;
  /** From the first bytes on that match, what the clients send is held back. Resolves then. */
  hold(pattern: RegExp): Promise<void>;
  /** Sends on what was held back. */
  release(): void;
  /** How many connections there are. */
  size(): number;
  close(): Promise<void>;
}

/** A port that leads to another one. Nothing listens on it before `open`. */
export async function createProxy(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let pattern: RegExp | undefined;
  let caught = () => {};

  function forward(client: Socket): void {
    const server = connect(port, host);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.once("close", () => {
        for (const one of [client, server]) {
          one.destroy();
          sockets.delete(one);
        }
      });
    }
    server.on("data", (bytes) => client.write(bytes));
    client.on("data", (bytes) => {
      if (!pattern || (held.length === 0 && !pattern.test(bytes.toString("latin1"))))
        return server.write(bytes);
      held.push(() => server.write(bytes));
      caught();
    });
  }

  const listen = async (server: Server, at: number) => {
    await once(server.listen(at, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  };
  const finder = createServer();
  const free = await listen(finder, 0);
  await new Promise((resolve) => finder.close(resolve));
  const server = createServer(forward);

  return {
    port: free,
    open: async () => void (await listen(server, free)),
    hold(what) {
      pattern = what;
      return new Promise((resolve) => {
        caught = resolve;
      });
    },
    release() {
      pattern = undefined;
      for (const send of held.splice(0)) send();
    },
    size: () => sockets.size / 2,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
