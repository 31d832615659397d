"use client";

import { createContext, type ReactNode, useContext } from "react";
import { type Live, notAlive, useKnown, useLiveFor, useWireFrames } from "@/components/live";
import { createWireStore, type WireStore } from "@/components/wire-store";
import { type Board, createBoard, initialBoard } from "./client/board";

const BoardContext = createContext<Live<{ board: Board; wire: WireStore }>>(notAlive);

/** The board of this page: made once there is a session, ended when the page is left. */
export function BoardProvider({ children }: { children: ReactNode }) {
  const parts = useLiveFor(() => {
    const wire = createWireStore();
    const board = createBoard(wire.add);
    const close = () => {
      board.close();
      wire.close();
    };
    return { live: { board, wire }, close };
  });
  return <BoardContext value={parts}>{children}</BoardContext>;
}

/** The board; null until the page has come alive. */
export const useBoard = () => useContext(BoardContext).live?.board ?? null;

/** What is known now. */
export function useView() {
  const { live, problem } = useContext(BoardContext);
  const view = useKnown(live?.board.subscribe, live?.board.view, initialBoard);
  return problem ? { ...view, problem } : view;
}

/** The last requests, to the application and to the store. */
export const useFrames = () => useWireFrames(useContext(BoardContext).live?.wire);
