"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { beginSession, keepSession } from "@/components/session";
import type { WireFrame } from "@/components/wire";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { type Board, createBoard, initialBoard } from "./client/board";

interface Live {
  board: Board | null;
  wire: WireStore | null;
  /** Why there is none. */
  problem: string | null;
}

const nothing: Live = { board: null, wire: null, problem: null };
const BoardContext = createContext<Live>(nothing);

/** The board of this page: made once there is a session, ended when the page is left. */
export function BoardProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live>(nothing);

  useEffect(() => {
    let over = false;
    let end = () => {};
    beginSession().then(
      ({ expiresAt }) => {
        if (over) return;
        const wire = createWireStore();
        const board = createBoard(wire.add);
        const stopRenewing = keepSession(expiresAt);
        end = () => {
          board.close();
          wire.close();
          stopRenewing();
        };
        setLive({ board, wire, problem: null });
      },
      (error: Error) => setLive({ ...nothing, problem: error.message }),
    );
    return () => {
      over = true;
      end();
    };
  }, []);

  return <BoardContext value={live}>{children}</BoardContext>;
}

/** The board; null until the page has come alive. */
export const useBoard = () => useContext(BoardContext).board;

/** What is known now. */
export function useView() {
  const { board, problem } = useContext(BoardContext);
  const view = useSyncExternalStore(
    board?.subscribe ?? noSubscription,
    board?.view ?? getInitial,
    getInitial,
  );
  return problem ? { ...view, problem } : view;
}

const noFrames: readonly WireFrame[] = [];

/** The last requests, to the application and to the store. */
export function useFrames(): readonly WireFrame[] {
  const { wire } = useContext(BoardContext);
  return useSyncExternalStore(
    wire?.subscribe ?? noSubscription,
    wire?.frames ?? (() => noFrames),
    () => noFrames,
  );
}

const getInitial = () => initialBoard;
const noSubscription = () => () => {};
