import type { LogEntry, Unsubscribe } from "./types";

/** Entries of one stream that one pass reads. */
const PASS_LIMIT = 500;
const RETRY_MS = 250;

/** Called with the new entries of a stream, in order; with none when the position became known. */
export type LiveListener = (entries: LogEntry[]) => void;

interface Channel {
  /** The last entry handed to the listeners; undefined until the head has been read once. */
  position: number | undefined;
  listeners: Set<LiveListener>;
}

export interface TailerOptions {
  heads(streams: string[]): Promise<Map<string, number>>;
  readMany(positions: Map<string, number>, limit: number): Promise<Map<string, LogEntry[]>>;
  onError(error: unknown): void;
  /** The slow poll that finds what a lost hint did not tell. */
  pollMs: number;
}

/**
 * The one reader of new entries in a process: hints wake it, it reads what is new in the streams
 * that somebody watches, and hands each batch to every local listener. A thousand listeners cost
 * one query, and none of them holds a connection.
 */
export function createTailer({ heads, readMany, onError, pollMs }: TailerOptions) {
  const channels = new Map<string, Channel>();
  const dirty = new Set<string>();
  let pumping = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  /** Single flight: a hint during a pass makes the stream dirty, and the loop takes another turn. */
  async function pump(): Promise<void> {
    if (pumping || closed) return;
    pumping = true;
    try {
      while (dirty.size > 0 && !closed) await pass();
    } catch (error) {
      onError(error);
      // What was dirty may have been taken already: after a failure everything is.
      for (const stream of channels.keys()) dirty.add(stream);
      clearTimeout(retry);
      retry = setTimeout(pump, RETRY_MS);
    } finally {
      pumping = false;
    }
  }

  async function pass(): Promise<void> {
    const streams = [...dirty].filter((stream) => channels.has(stream));
    dirty.clear();
    const fresh = streams.filter((stream) => channels.get(stream)?.position === undefined);
    if (fresh.length > 0) await locate(fresh);
    const positions = new Map<string, number>();
    for (const stream of streams) {
      const position = channels.get(stream)?.position;
      if (position !== undefined && !fresh.includes(stream)) positions.set(stream, position);
    }
    if (positions.size === 0) return;
    for (const [stream, entries] of await readMany(positions, PASS_LIMIT)) {
      deliver(stream, entries);
      if (entries.length === PASS_LIMIT) dirty.add(stream);
    }
  }

  /** A new channel begins at the head: older entries are its listeners' own catch-up. */
  async function locate(streams: string[]): Promise<void> {
    const found = await heads(streams);
    for (const stream of streams) {
      const channel = channels.get(stream);
      if (!channel) continue;
      channel.position = found.get(stream) ?? 0;
      for (const listener of channel.listeners) listener([]);
    }
  }

  /** What was offered meanwhile is left out. */
  function deliver(stream: string, entries: LogEntry[]): void {
    const channel = channels.get(stream);
    if (channel?.position === undefined) return;
    const position = channel.position;
    const fresh = entries.filter(({ seq }) => seq > position);
    channel.position = fresh.at(-1)?.seq ?? position;
    for (const listener of channel.listeners) listener(fresh);
  }

  /**
   * Entries that this process has committed itself. Where they go on from the position they need not
   * be read again; where somebody else has written between, the table decides, as ever.
   */
  function offer(stream: string, entries: LogEntry[]): void {
    const position = channels.get(stream)?.position;
    if (position !== undefined && entries[0]?.seq === position + 1) deliver(stream, entries);
  }

  function wake(heads: Iterable<[stream: string, head: number]>): void {
    for (const [stream, head] of heads) {
      const channel = channels.get(stream);
      if (channel && head > (channel.position ?? -1)) dirty.add(stream);
    }
    if (dirty.size > 0) void pump();
  }

  async function poll(): Promise<void> {
    if (channels.size === 0) return;
    try {
      wake(await heads([...channels.keys()]));
    } catch (error) {
      onError(error);
    }
  }
  const timer = setInterval(poll, pollMs);
  timer.unref();

  return {
    /** These streams have come to these heads. */
    wake,
    offer,
    /** Hints may have been missed: looks at every stream that is watched. */
    wakeAll: () => wake([...channels.keys()].map((stream) => [stream, Infinity])),
    /** The last entry handed out in a stream, undefined while not known. */
    position: (stream: string) => channels.get(stream)?.position,
    /** @param head where the stream is now, if the caller knows */
    watch(stream: string, listener: LiveListener, head?: number): Unsubscribe {
      const channel = channels.get(stream) ?? { position: head, listeners: new Set() };
      channels.set(stream, channel);
      channel.listeners.add(listener);
      if (channel.position === undefined) wake([[stream, Infinity]]);
      return () => {
        channel.listeners.delete(listener);
        if (channel.listeners.size === 0 && channels.get(stream) === channel)
          channels.delete(stream);
      };
    },
    watched: () => channels.size,
    close(): void {
      closed = true;
      clearInterval(timer);
      clearTimeout(retry);
    },
  };
}

export type Tailer = ReturnType<typeof createTailer>;
