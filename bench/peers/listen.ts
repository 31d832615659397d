import type { Server } from "node:http";

/** Says over IPC that it listens, on the PORT it was given. */
export function listen(server: Server): void {
  server.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 8_192 }, () =>
    process.send?.("listening"),
  );
}
