import type { Socket } from "node:net";
import { headReader, isWholeJson, rawSocket } from "../../bench/lab/load/raw-socket";
import { openWebSocket } from "../../bench/lab/load/web-socket";
import type { Attached } from "./crowd";

// The clients of a crowd, on bare sockets: three thousand of the real ones would be the slow part.

type OnBytes = (bytes: Buffer) => void;

const [PING, PONG] = ["2".charCodeAt(0), "3"];

/** A member of a room, who answers pings. `onBytes` is given what comes once the room is joined. */
export function attachMember(base: string, token: string, room: string, onBytes: OnBytes) {
  return new Promise<Attached>((resolve, reject) => {
    let joined = false;
    const opening = openWebSocket(base, "/socket.io/?EIO=4&transport=websocket", (bytes) => {
      if (joined && bytes[0] === PING && bytes.length === 1) void pong();
      else if (joined) onBytes(bytes);
      else void answer(bytes.toString("latin1"));
    });
    const pong = async () => (await opening).send(PONG);
    const answer = async (text: string) => {
      const { send, socket } = await opening;
      if (text === "2") send(PONG);
      else if (text.startsWith("0{")) send(`40/chat,${JSON.stringify({ token })}`);
      else if (text.startsWith("40/chat,")) send(`42/chat,1${JSON.stringify(["join", { room }])}`);
      else if (text.startsWith('43/chat,1[{"ok":true')) {
        joined = true;
        resolve({ socket });
      } else if (/^(44|43)/.test(text)) {
        reject(new Error(`Answered ${text}`));
        socket.destroy();
      }
    };
    opening.then(
      ({ socket }) => socket.once("close", () => reject(new Error("It was closed."))),
      reject,
    );
  });
}

/** A reader of a user's events. `onBytes` is given what comes once its past is over. */
export function attachReader(base: string, token: string, onBytes: OnBytes) {
  return new Promise<Attached>((resolve, reject) => {
    const head = headReader(200);
    let past: string | undefined;
    let live = false;
    const socket = dial(base, reject, (bytes) => {
      if (live) return onBytes(bytes);
      const body = past === undefined ? head(bytes) : bytes;
      if (body === undefined) return;
      past = (past ?? "") + body.toString("latin1");
      live = past.includes("event: live");
      if (live) resolve({ socket });
    });
    socket.once("connect", () => socket.write(get("/api/events/me", token)));
  });
}

/** What a poll keeps when its connection breaks. */
export interface Polling {
  position: number;
  onEntries(): void;
}

/** Asks one long poll after the other on one connection; attached once the first has been sent. */
export function attachPoll(base: string, token: string, polling: Polling) {
  return new Promise<Attached>((resolve, reject) => {
    let text = "";
    const ask = () => {
      const path = `/api/realtime/long-poll?timeout=25&after=${polling.position}`;
      socket.write(get(path, token));
    };
    const socket = dial(base, reject, (bytes) => {
      text += bytes.toString("latin1");
      const nothing = text.startsWith("HTTP/1.1 204 ");
      if (nothing ? !text.endsWith("\r\n\r\n") : !isWholeJson(text)) return;
      if (!nothing && !text.startsWith("HTTP/1.1 200 ")) throw new Error(`Answered ${text}`);
      polling.position = Number(/"position":(\d+)/.exec(text)?.[1] ?? polling.position);
      text = "";
      if (!nothing) polling.onEntries();
      ask();
    });
    socket.once("connect", () => {
      ask();
      resolve({ socket });
    });
  });
}

const get = (path: string, token: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;

/** A connection that ends with what `onBytes` throws. */
function dial(base: string, fail: (error: Error) => void, onBytes: OnBytes): Socket {
  const socket = rawSocket(base, (bytes) => {
    try {
      onBytes(bytes);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on("error", fail).once("close", () => fail(new Error("It was closed.")));
  return socket;
}
