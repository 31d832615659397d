"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type Live, notAlive, useKnown, useLiveFor, useWireFrames } from "@/components/live";
import { type Board, createBoard, emptyView } from "./client/board";

const BoardContext = createContext<Live<Board>>(notAlive);

/** One board for everything on the page that shows it. */
export function BoardProvider({ children }: { children: ReactNode }) {
  const board = useLiveFor(() => {
    const made = createBoard();
    return { live: made, close: made.close };
  });
  return <BoardContext value={board}>{children}</BoardContext>;
}

/** The board and what can be done with it; null until the page has come alive. */
export function useLive() {
  const { live, problem } = useContext(BoardContext);
  return { board: live, problem };
}

/** What is known of the jobs now. */
export function useView() {
  const { board } = useLive();
  return useKnown(board?.subscribe, board?.view, emptyView);
}

/** The last requests and events. */
export const useFrames = () => useWireFrames(useLive().board?.wire);
