import type { IncomingMessage } from "node:http";
import { clientAddress } from "../address";
import { env } from "../env";

/** The client's address of a connection, from the request that began it. */
export const addressOf = ({ socket, headers }: IncomingMessage): string =>
  clientAddress(
    socket.remoteAddress,
    headers["x-forwarded-for"]?.toString(),
    env().TRUSTED_PROXY_HOPS,
  );
