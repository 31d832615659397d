import { sendAck } from "../../contract";
import type { ChatSocket } from "./connection";
import type { Outgoing } from "./state";

export interface OutboxOptions {
  socket: ChatSocket;
  room: string;
  ackMs: number;
  /** Whether the room is joined: before that, a send would be refused. */
  ready(): boolean;
  read(): Outgoing[];
  write(outgoing: Outgoing[]): void;
}

/**
 * Sends one message after the other and keeps each until its acknowledgement. A send that got no
 * answer is sent again with the same id, which the server recognises: at least once on the wire,
 * exactly once in the room.
 */
export function createOutbox({ socket, room, ackMs, ready, read, write }: OutboxOptions) {
  let flushing = false;
  let closed = false;

  const change = (id: string, change: Partial<Outgoing>) =>
    write(read().map((message) => (message.id === id ? { ...message, ...change } : message)));

  async function flush(): Promise<void> {
    if (flushing) return;
    flushing = true;
    try {
      for (;;) {
        const next = read().find(({ state }) => state === "sending");
        if (!next || !ready() || closed) return;
        await deliver(next);
      }
    } finally {
      flushing = false;
    }
  }

  async function deliver({ id, text, attempts }: Outgoing): Promise<void> {
    change(id, { attempts: attempts + 1 });
    const answer = sendAck.safeParse(
      await socket
        .timeout(ackMs)
        .emitWithAck("send", { room, id, text })
        .catch(() => null),
    ).data;
    // No answer: it may be stored or not. The next connection's join calls flush again.
    if (!answer) return pause(100);
    if (answer.ok) return change(id, { state: "stored", seq: answer.seq });
    const { retryAfterMs, status, detail, title } = answer.problem;
    if (typeof retryAfterMs === "number") return pause(retryAfterMs);
    if (status >= 500) return pause(1_000);
    change(id, { state: "refused", detail: detail ?? title });
  }

  return {
    flush,
    send(text: string): string {
      const id = newId();
      write([...read(), { id, text, state: "sending", attempts: 0 }]);
      void flush();
      return id;
    },
    retry(id: string): void {
      change(id, { state: "sending" });
      void flush();
    },
    discard: (id: string) => write(read().filter((message) => message.id !== id)),
    close: () => {
      closed = true;
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A UUID also where the page is not a secure context, which crypto.randomUUID asks for. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  const uuid = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
