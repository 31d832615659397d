import type { OnFrame } from "@/components/wire-client";
import { api as client } from "@/lib/api";
import { type Memory, memory, type Upload, type UploadList, type Way, ways } from "../../contract";
import { createApi } from "./api";
import { simpleSender, streamingSender } from "./direct";
import { createLane, idleLane, type LaneView } from "./lane";
import { multipartSender } from "./multipart";
import { presignedSender } from "./presigned";
import { type Remembered, recall } from "./remembered";

const MEMORY_MS = 500;
/** Two minutes of samples. */
const SAMPLES = 240;
const TELL_MS = 100;

export interface BoardView {
  lanes: Record<Way, LaneView>;
  items: readonly Upload[];
  nextCursor: string | null;
  quota: UploadList["quota"] | null;
  /** Of one process: another one begins the series anew. */
  memory: readonly Memory[];
  /** An upload in parts that was left. */
  left: Remembered | null;
  problem: string | null;
}

export const initialBoard: BoardView = {
  lanes: {
    simple: idleLane,
    streaming: idleLane,
    presigned: idleLane,
    multipart: idleLane,
  },
  items: [],
  nextCursor: null,
  quota: null,
  memory: [],
  left: null,
  problem: null,
};

/** Everything the page shows: four lanes, the list, the memory of the server. */
export function createBoard(onFrame: OnFrame) {
  const api = createApi(onFrame);
  const listeners = new Set<() => void>();
  let view = initialBoard;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<BoardView>): void {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }
  const snapshot = () =>
    Object.fromEntries(ways.map((way) => [way, lanes[way].view()])) as BoardView["lanes"];

  /** Progress is told ten times a second at most; a new status at once. */
  function onLane(): void {
    const now = snapshot();
    const turned = ways.filter((way) => now[way].status !== view.lanes[way].status);
    if (turned.length === 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        set({ lanes: snapshot() });
      }, TELL_MS);
      return;
    }
    set({ lanes: now, left: recall() });
    if (turned.some((way) => now[way].status === "stored")) void refresh();
  }

  const lanes = {
    simple: createLane("simple", simpleSender(api), onLane),
    streaming: createLane("streaming", streamingSender(api), onLane),
    presigned: createLane("presigned", presignedSender(api), onLane),
    multipart: createLane("multipart", multipartSender(api), onLane),
  };

  async function refresh(): Promise<void> {
    try {
      set({ ...(await api.list()), problem: null });
    } catch (error) {
      set({ problem: (error as Error).message });
    }
  }

  async function measure(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    const answer = await client.GET("/api/uploads/memory").catch(() => null);
    if (!answer?.data) return;
    const sample = memory.parse(answer.data);
    const same = view.memory.at(-1)?.instance === sample.instance ? view.memory : [];
    set({ memory: [...same, sample].slice(-SAMPLES) });
  }

  set({ left: recall() });
  void refresh();
  void measure();
  const measuring = setInterval(measure, MEMORY_MS);

  return {
    api,
    lanes,
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    async more(): Promise<void> {
      if (!view.nextCursor) return;
      const { items, nextCursor } = await api.list(view.nextCursor);
      set({ items: [...view.items, ...items], nextCursor });
    },
    async remove(id: string): Promise<void> {
      try {
        await api.remove(id);
        await refresh();
      } catch (error) {
        set({ problem: (error as Error).message });
      }
    },
    close(): void {
      clearInterval(measuring);
      clearTimeout(timer);
      for (const lane of Object.values(lanes)) lane.close();
    },
  };
}

export type Board = ReturnType<typeof createBoard>;
