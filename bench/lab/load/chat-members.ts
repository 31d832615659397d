import { openAll } from "./raw-socket.ts";
import { createTally, type Tally } from "./tally.ts";
import { openWebSocket, type WebSocketClient } from "./web-socket.ts";

/** What a chat speaks. Each text is a packet of Engine.IO, or stands for itself. */
export interface Dialect {
  path(member: number): string;
  engineIo: boolean;
  /** What a member says after it has connected, each once the answer to the one before has come. */
  greetings(member: number): { say: string; hear: string }[];
  /** A broadcast as a member sends it. */
  message(text: string): string;
}

export interface Members {
  tally: Tally;
  send(member: number, text: string): void;
  close(): void;
}

const [PING, PONG] = ["2".charCodeAt(0), "3"];
const REFUSED = '"ok":false';

/** So many members of one room, all of which are sent what one says. */
export async function openMembers(base: string, dialect: Dialect, count: number): Promise<Members> {
  const tally = createTally(count);
  let refused: string | undefined;

  async function join(member: number): Promise<WebSocketClient> {
    let hear: ((text: string) => void) | undefined;
    const client = await openWebSocket(base, dialect.path(member), (bytes) => {
      if (dialect.engineIo && bytes.length === 1 && bytes[0] === PING) return client.send(PONG);
      if (hear) return hear(bytes.toString("latin1"));
      if (bytes.length < 2_000 && bytes.includes(REFUSED)) refused = bytes.toString("utf8");
      tally.take(member, bytes);
    });
    for (const greeting of dialect.greetings(member)) {
      const heard = new Promise<void>((resolve) => {
        hear = (text) => text.startsWith(greeting.hear) && resolve();
      });
      client.send(greeting.say);
      await heard;
    }
    hear = undefined;
    return client;
  }

  const clients = await openAll(count, join);
  return {
    tally,
    send(member, text) {
      if (refused) throw new Error(`A message was refused: ${refused}`);
      clients[member]?.send(dialect.message(text));
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}
