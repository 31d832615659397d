import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy that counts what goes through it, both ways. */
export async function createCountingProxy(target: string) {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let counted = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const end = () => {
      for (const socket of [client, upstream]) socket.destroy();
      open.delete(client);
    };
    open.add(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      from
        .on("data", (bytes) => {
          counted += bytes.length;
        })
        .on("error", end)
        .on("close", end)
        .pipe(to);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytes: () => counted,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
