import type { Connection } from "./connection";

const OFFLINE_MS = 10_000;

/** The part of Engine.IO's polling transport that stops it from polling. */
interface Pausable {
  name: string;
  pause(paused: () => void): void;
}

/** Faults that a person can cause on their own connection. Each is the real thing. */
export function createControls(connection: Connection) {
  const { socket, set } = connection;
  const manager = socket.io;

  const isPolling = () => manager.engine?.transport.name === "polling";

  /** Reconnects over the given transports. */
  function reconnect(transports: ("websocket" | "polling")[]): void {
    manager.opts.transports = transports;
    manager.engine.close();
  }

  return {
    /** Cuts the connection, as a network would: nobody says goodbye. */
    drop: () => manager.engine.close(),

    /** Away for ten seconds, without trying to come back before. */
    goOffline(): void {
      manager.reconnection(false);
      manager.engine.close();
      set({ status: "offline" });
      setTimeout(() => {
        manager.reconnection(true);
        set({ status: "connecting" });
        socket.connect();
      }, OFFLINE_MS);
    },

    /**
     * Becomes a slow consumer. A page cannot stop a WebSocket from reading, but it can stop asking:
     * the connection goes over to polling, and then polls no more.
     */
    stopReading(): void {
      const pause = () => {
        if (!isPolling()) return;
        unsubscribe();
        const transport = manager.engine.transport as unknown as Pausable;
        transport.pause(() => set({ status: "not reading" }));
      };
      const unsubscribe = connection.subscribe(() => {
        if (connection.state().status === "joined") pause();
      });
      reconnect(["polling"]);
    },

    /** Reads again: over a new connection, from the position that was reached. */
    readAgain(): void {
      set({ status: "away" });
      reconnect(["websocket", "polling"]);
    },
  };
}

export type Controls = ReturnType<typeof createControls>;
