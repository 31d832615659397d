import type { WireFrame } from "./wire";

const KEEP = 400;
const TELL_MS = 100;

/** Keeps the last frames of a connection, and tells of them ten times a second at most. */
export function createWireStore() {
  const listeners = new Set<() => void>();
  let frames: readonly WireFrame[] = [];
  let waiting: WireFrame[] = [];
  let nextId = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    timer = undefined;
    frames = [...frames, ...waiting].slice(-KEEP);
    waiting = [];
    for (const listener of listeners) listener();
  }

  return {
    /** @param bytes what it took on the wire, where that is known */
    add(direction: "in" | "out", label: string, body: string, bytes?: number): void {
      waiting.push({ id: nextId++, at: Date.now(), direction, label, body, bytes });
      if (waiting.length > KEEP) waiting.shift();
      timer ??= setTimeout(tell, TELL_MS);
    },
    frames: () => frames,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearTimeout(timer),
  };
}

export type WireStore = ReturnType<typeof createWireStore>;
