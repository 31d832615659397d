import { connect } from "node:net";
import { isFree } from "../embedded/port.ts";

/**
 * Whether somebody listens on the port of localhost, over IPv4 or IPv6: a browser may take either.
 * Where binding 127.0.0.1 beside a listener on all addresses is allowed (macOS), connecting tells.
 */
export async function isTaken(port: number): Promise<boolean> {
  if (!(await isFree(port))) return true;
  return (await answers(port, "127.0.0.1")) || (await answers(port, "::1"));
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}
