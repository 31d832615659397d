import { type AddressInfo, connect, createServer, type Server } from "node:net";

/** A TCP proxy that cuts each connection after so many bytes from the server. */
export async function createCuttingProxy(target: string) {
  const { hostname, port } = new URL(target);
  let budget = Number.POSITIVE_INFINITY;
  const open = new Set<() => void>();
  const server: Server = createServer((client) => {
    let left = budget;
    const upstream = connect(Number(port), hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    open.add(end);
    client.once("close", () => open.delete(end));
    client.on("error", end).on("close", end).pipe(upstream);
    upstream.on("error", end).on("close", () => client.end());
    upstream.on("data", (piece) => {
      const last = piece.length >= left;
      client.write(last ? piece.subarray(0, left) : piece, () => last && end());
      left -= piece.length;
      if (last) upstream.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The next connections are cut after this many bytes. */
    cutAfter: (bytes: number) => {
      budget = bytes;
    },
    /** Cuts what is open now. */
    cutAll: () => {
      for (const end of open) end();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
