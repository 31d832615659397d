"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { beginSession, keepSession } from "@/components/session";
import type { WireFrame } from "@/components/wire";
import { type Board, createBoard, emptyView } from "./client/board";

interface Live {
  board: Board | null;
  /** Why there is none. */
  problem: string | null;
}

const BoardContext = createContext<Live>({ board: null, problem: null });

/** One board for everything on the page that shows it. */
export function BoardProvider({ children }: { children: ReactNode }) {
  const [board, setBoard] = useState<Board | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let over = false;
    let end = () => {};
    beginSession().then(
      ({ expiresAt }) => {
        if (over) return;
        const made = createBoard();
        const stopRenewing = keepSession(expiresAt);
        end = () => {
          made.close();
          stopRenewing();
        };
        setBoard(made);
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      over = true;
      end();
    };
  }, []);

  const live = useMemo(() => ({ board, problem }), [board, problem]);
  return <BoardContext value={live}>{children}</BoardContext>;
}

/** The board and what can be done with it; null until the page has come alive. */
export const useLive = () => useContext(BoardContext);

/** What is known of the jobs now. */
export function useView() {
  const { board } = useLive();
  return useSyncExternalStore(
    board?.subscribe ?? noSubscription,
    board?.view ?? getEmpty,
    getEmpty,
  );
}

const noFrames: readonly WireFrame[] = [];

/** The last requests and events. */
export function useFrames(): readonly WireFrame[] {
  const wire = useLive().board?.wire;
  return useSyncExternalStore(
    wire?.subscribe ?? noSubscription,
    wire?.frames ?? getNoFrames,
    getNoFrames,
  );
}

const getEmpty = () => emptyView;
const getNoFrames = () => noFrames;
const noSubscription = () => () => {};
