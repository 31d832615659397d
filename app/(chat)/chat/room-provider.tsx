"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useKnown, useWireFrames } from "@/components/live";
import { beginSession, keepSession } from "@/components/session";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { type Connection, createConnection } from "./client/connection";
import { type Controls, createControls } from "./client/controls";
import { initialState } from "./client/state";

interface Live {
  room: string;
  connection: Connection;
  controls: Controls;
  wire: WireStore;
}

const RoomContext = createContext<Live | null>(null);

/** One connection for everything on the page that shows this room. */
export function RoomProvider({ room, children }: { room: string; children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    let stopRenewing = () => {};
    const wire = createWireStore();
    const connection = createConnection({
      room,
      async ensureSession() {
        const { expiresAt } = await beginSession();
        stopRenewing();
        stopRenewing = keepSession(expiresAt);
      },
      onFrame: (direction, type, body) =>
        wire.add(direction, type, body, new TextEncoder().encode(body).length + 1),
    });
    setLive({ room, connection, controls: createControls(connection), wire });
    connection.open().catch((error: Error) => connection.set({ problem: error.message }));
    return () => {
      connection.close();
      wire.close();
      stopRenewing();
    };
  }, [room]);

  return <RoomContext value={live}>{children}</RoomContext>;
}

/** The connection and its controls; null until the page has come alive. */
export const useLive = () => useContext(RoomContext);

/** What is known of the room now. */
export function useRoom() {
  const connection = useLive()?.connection;
  return useKnown(connection?.subscribe, connection?.state, initialState);
}

/** The last frames of the connection. */
export const useFrames = () => useWireFrames(useLive()?.wire);
