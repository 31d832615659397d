import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** The port of a server, which a test can close and open again. */
export interface Door {
  port: number;
  /** Nobody listens any more, and every connection is reset: the server is gone. */
  shut(): Promise<void>;
  /** The same port again. */
  open(): Promise<void>;
}

/** Has a server, of TCP or of HTTP, listen on a free port of loopback. */
export async function openDoor(server: Server): Promise<Door> {
  const clients = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    clients.add(socket);
    socket.once("close", () => clients.delete(socket));
  });
  const listen = (at: number) => once(server.listen(at, "127.0.0.1"), "listening");
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async shut() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of clients) socket.resetAndDestroy();
      await closed;
    },
    async open() {
      if (!server.listening) await listen(port);
    },
  };
}

/** The network between clients and a server, in the hands of a test. */
export interface TcpProxy {
  /** The server's URL, by way of here. */
  url: string;
  /** How many connections there are. */
  size(): number;
  /** How many bytes went through, both ways. */
  bytes(): number;
  /** The next connections end after so many bytes from the server. */
  cutAfter(bytes: number): void;
  /** Ends what is open now. */
  cutAll(): void;
  /** Nobody listens any more, and every connection is reset: the server is gone. */
  refuse(): Promise<void>;
  /**
   * Everything is accepted and nothing answered: the server hangs. What is sent meanwhile is kept.
   * @param from the bytes of a client's that it hangs at; at once where none are named
   * @returns once it does
   */
  hang(from?: RegExp): Promise<void>;
  /** Statements of a client that match are answered by this error of Postgres, and do not reach the server. */
  answerWithError(statement: RegExp, sqlstate: string): void;
  /** All is well again, and what was kept is sent. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy in front of the server of a URL. */
export async function createProxy(target: string): Promise<TcpProxy> {
  const url = new URL(target);
  const [host, port] = [url.hostname, Number(url.port || 5432)];
  const open = new Set<Socket>();
  let counted = 0;
  let budget = Number.POSITIVE_INFINITY;
  let hanging = false;
  let trap: { pattern: RegExp; caught: () => void } | undefined;
  let refusal: { statement: RegExp; sqlstate: string } | undefined;

  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true).on("error", () => socket.destroy());
      socket.once("close", () => open.delete(socket));
      if (hanging) socket.pause();
    }
    client.once("close", () => upstream.destroy());
    // What is on its way to the client comes before the end.
    upstream.once("close", () => client.destroySoon());
    client.on("data", (bytes) => {
      if (trap?.pattern.test(bytes.toString("latin1"))) {
        stop();
        return client.unshift(bytes);
      }
      counted += bytes.length;
      if (refusal?.statement.test(bytes.toString("latin1"))) {
        client.write(errorOf(refusal.sqlstate));
        return;
      }
      upstream.write(bytes);
    });
    let left = budget;
    upstream.on("data", (bytes) => {
      const some = bytes.subarray(0, left);
      counted += some.length;
      left -= some.length;
      client.write(some, () => left === 0 && client.destroy());
      if (left === 0) upstream.pause();
    });
  });
  const door = await openDoor(server);
  url.host = `127.0.0.1:${door.port}`;

  function stop(): void {
    hanging = true;
    for (const socket of open) socket.pause();
    trap?.caught();
    trap = undefined;
  }

  return {
    url: url.href,
    size: () => open.size / 2,
    bytes: () => counted,
    cutAfter(bytes) {
      budget = bytes;
    },
    cutAll() {
      for (const socket of open) socket.destroy();
    },
    refuse: door.shut,
    async hang(pattern) {
      if (!pattern) return stop();
      await new Promise<void>((caught) => {
        trap = { pattern, caught };
      });
    },
    answerWithError(statement, sqlstate) {
      refusal = { statement, sqlstate };
    },
    async restore() {
      trap = undefined;
      refusal = undefined;
      hanging = false;
      await door.open();
      for (const socket of open) socket.resume();
    },
    close: door.shut,
  };
}

/** An ErrorResponse and a ReadyForQuery (PostgreSQL, "Message Formats"). */
function errorOf(sqlstate: string): Buffer {
  const fields = ["SERROR", "VERROR", `C${sqlstate}`, "Mrefused by the test", "", ""].join("\0");
  const length = Buffer.alloc(4);
  length.writeInt32BE(length.length + fields.length);
  const error = Buffer.concat([Buffer.from("E"), length, Buffer.from(fields)]);
  return Buffer.concat([error, Buffer.from("Z\0\0\0\x05I", "latin1")]);
}
