import { io, type Socket } from "socket.io-client";
import { entriesEvent, realtimeNamespace, refusal, reset, type ServerEvents } from "../../contract";
import type { Lane, LaneOptions } from "./lane";
import { createInbox } from "./push";

export interface SocketOptions extends LaneOptions {
  /** Origin of the instance; the page's own when empty. */
  url?: string;
  /** For programs: the bearer token. Browsers send their cookie. */
  token?: string;
}

/**
 * A WebSocket, by way of Socket.IO, which keeps nothing for who is away: each connection says in its
 * handshake which position it has, and is sent what came after it.
 */
export function createSocketLane({ host, run, url = "", token }: SocketOptions): Lane {
  let stopped = true;
  const socket: Socket<ServerEvents, Record<string, never>> = io(`${url}${realtimeNamespace}`, {
    autoConnect: false,
    forceNew: true,
    // No fallback: this lane is to measure a WebSocket.
    transports: ["websocket"],
    auth: (give) => {
      inbox.begin();
      const auth = { after: host.position(), run };
      host.request();
      host.wire("out", "connect", JSON.stringify(auth));
      give({ ...auth, ...(token && { token }) });
    },
    reconnectionDelay: 200,
    reconnectionDelayMax: 5_000,
  });
  /** One that is still being made is left alone: closed now, Socket.IO would never try again. */
  const cut = () => {
    if (socket.io.engine?.readyState === "open") socket.io.engine.close();
  };
  const inbox = createInbox(host, cut);

  socket.on("connect", () => {
    host.status("open");
  });
  socket.on("entries", (event) => {
    const { entries } = entriesEvent.parse(event);
    host.wire("in", "entries", JSON.stringify(event));
    inbox.entries(entries);
  });
  socket.on("reset", (event) => {
    host.wire("in", "reset", JSON.stringify(event));
    inbox.reset(reset.parse(event).oldest);
  });
  socket.on("bye", (event) => host.wire("in", "bye", JSON.stringify(event)));
  socket.on("disconnect", () => {
    if (stopped) return;
    host.lost();
    host.status("waiting");
  });
  socket.on("connect_error", (error) => {
    const refused = refusal.safeParse(error).data?.data;
    host.status("waiting");
    if (!refused) return; // The transport failed: Socket.IO tries again by itself.
    const again = () => setTimeout(() => !stopped && socket.connect(), 1_000);
    if (refused.status === 401 && !token) host.ensureSession().then(again, again);
    else if (refused.status === 429) again();
  });

  return {
    name: "websocket",
    start(): void {
      if (!stopped) return;
      stopped = false;
      host.status("connecting");
      socket.connect();
    },
    stop(): void {
      stopped = true;
      socket.disconnect();
      host.status("closed");
    },
    drop: cut,
    stall: inbox.stall,
    loseNext: inbox.loseNext,
    hide() {},
  };
}
