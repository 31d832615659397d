import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A client that is attached: `socket` closes when it has lost the server. */
export interface Attached {
  socket: Socket;
}

/** The same client many times. Each comes back by itself, as EventSource and Socket.IO's client do. */
export interface Crowd {
  /** How many are attached now. */
  attached(): number;
  /** Each attempt or connection that failed, and what the server said. */
  failures: { at: number; text: string }[];
  leave(): void;
}

/** How long a client waits before it comes, and comes again: spread out, as the application asks for. */
const WAIT_MS = { least: 1_000, spread: 2_000 };

/** @param attach resolves once the client has what it came for, and rejects with the answer otherwise */
export function gather(count: number, attach: (n: number) => Promise<Attached>): Crowd {
  const here = new Set<Socket>();
  const failures: Crowd["failures"] = [];
  let left = false;
  const failed = (error: unknown) => failures.push({ at: Date.now(), text: String(error) });

  async function live(n: number): Promise<void> {
    while (!left) {
      await delay(WAIT_MS.least + Math.random() * WAIT_MS.spread);
      if (left) return;
      try {
        const { socket } = await attach(n);
        socket.on("error", failed);
        here.add(socket);
        if (left) socket.destroy();
        if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
        here.delete(socket);
      } catch (error) {
        failed(error);
      }
    }
  }

  for (let n = 0; n < count; n++) void live(n);
  return {
    attached: () => here.size,
    failures,
    leave() {
      left = true;
      for (const socket of here) socket.destroy();
    },
  };
}

const MARK = "|".charCodeAt(0);
/** A text that is counted once by whoever is sent it. */
export const marked = (text: string) => `${text}|`;

/** Counts for each client the marks that it was sent. */
export function createMarks(count: number) {
  const counts = new Uint32Array(count);
  return {
    take(n: number, bytes: Buffer): void {
      for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1))
        counts[n] = (counts[n] as number) + 1;
    },
    /** How many clients have so many. */
    having: (marks: number) => counts.reduce((sum, found) => sum + Number(found === marks), 0),
    forget: () => void counts.fill(0),
  };
}
