import type { WireFrame } from "@/components/wire";
import type { Happening, TimelineState } from "./state";

/** What the tabs of one guest tell each other. */
export type TabMessage =
  | { kind: "hello"; from: string }
  | { kind: "snapshot"; to: string; state: TimelineState }
  | { kind: "happening"; happening: Happening }
  | { kind: "frame"; frame: Omit<WireFrame, "id" | "at"> & { body: string } }
  | { kind: "command"; command: "cut" | "come back" };

export interface TabsOptions {
  /** Tabs of the same name share. */
  name: string;
  /** This tab is the one that holds the connection now. */
  lead(): void;
  receive(message: TabMessage): void;
}

/**
 * Elects one tab: whoever holds the lock leads, and when it closes, crashes or leaves, the browser
 * hands the lock to the next. Where the page is not a secure context there are no locks, and every
 * tab leads for itself.
 */
export function createTabs({ name, lead, receive }: TabsOptions) {
  const id = Math.random().toString(36).slice(2, 10);
  const leaving = new AbortController();
  const { locks } = navigator as { locks?: LockManager };
  const channel = locks && new BroadcastChannel(name);
  let release = () => {};
  let leading = false;

  function hold(): Promise<void> {
    leading = true;
    lead();
    return new Promise((resolve) => {
      release = resolve;
    });
  }

  if (channel) channel.onmessage = ({ data }: MessageEvent<TabMessage>) => receive(data);
  if (locks)
    locks.request(name, { signal: leaving.signal }, hold).catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  else void hold();

  return {
    id,
    leads: () => leading,
    tell: (message: TabMessage) => channel?.postMessage(message),
    /** Each tab holds the lock or waits for it: the browser itself counts them. */
    async count(): Promise<number> {
      const { held = [], pending = [] } = (await locks?.query()) ?? {};
      return Math.max(1, [...held, ...pending].filter((lock) => lock.name === name).length);
    },
    close(): void {
      leaving.abort();
      release();
      channel?.close();
    },
  };
}
