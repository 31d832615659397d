import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventReader } from "./event-response";
import { log } from "./log";
import type { LogEntry, LogPage } from "./log/types";
import { logger } from "./logger";
import { remember } from "./remember";
import { encodeEvent } from "./sse";

const PAGE = 64;
/** A replay goes on when no more than this is unread: it keeps to its reader's pace. */
const REPLAY_AHEAD_BYTES = 64 * 1024;

export interface FeedOptions {
  stream: string;
  /** The last position that the reader has; undefined begins `latest` entries before the end. */
  after: number | undefined;
  latest: number;
  /** One entry as a frame. Always the same for one stream: all of its readers share the bytes. */
  encode(entry: LogEntry): string;
}

interface Frame {
  seq: number;
  text: string;
}

interface EncodedPage extends LogPage {
  bytes: Uint8Array;
}

/** Carries one stream to all of its readers in this process. */
interface Hub {
  /** Each attached reader, and the last position it was sent. */
  readers: Map<EventReader, number>;
  /** How many come and go here; the last one ends it. */
  users: number;
  /** The last position sent to the attached; undefined until the hub has begun. */
  position: number | undefined;
  begun: Promise<void>;
  /** Reads of the table under way, by the position they begin after. */
  reading: Map<number, Promise<EncodedPage>>;
  end: AbortController;
}

const encoder = new TextEncoder();
const hubs = () => remember("log-hubs", () => new Map<string, Hub>());

/**
 * Sends a reader what came after its position, then `live`, then what comes, each entry once, until
 * the reader's signal aborts. What is live is read, encoded and joined once for all readers of the
 * stream in this process, and each of them is written to once a batch.
 */
export async function feedFromLog(reader: EventReader, options: FeedOptions): Promise<void> {
  const { stream } = options;
  const hub = hubs().get(stream) ?? open(options);
  hub.users++;
  try {
    await hub.begun;
    const from = options.after ?? (await firstPosition(reader, hub, options));
    await replay(reader, hub, from, options);
    await over(reader.signal);
  } finally {
    hub.readers.delete(reader);
    hub.users--;
    if (hub.users === 0) {
      hub.end.abort();
      if (hubs().get(stream) === hub) hubs().delete(stream);
    }
  }
}

/**
 * Reads on from the table until the reader has come to where the hub is, and attaches it in that
 * very turn of the event loop. It may be further already: the hub leaves out what it has.
 */
async function replay(reader: EventReader, hub: Hub, from: number, options: FeedOptions) {
  let cursor = from;
  let replayed = 0;
  while (!reader.signal.aborted && cursor !== hub.position) {
    const page = await readOnce(hub, cursor, options);
    if (cursor < page.floor || cursor > page.head) {
      cursor = page.floor;
      reader.write(resetFrame(cursor));
    } else if (page.entries.length > 0) {
      reader.write(page.bytes);
      cursor += page.entries.length;
      replayed += page.entries.length;
      await reader.below(REPLAY_AHEAD_BYTES);
    }
    if (cursor >= (hub.position ?? 0)) break;
  }
  if (hub.end.signal.aborted) return reader.cut();
  if (reader.signal.aborted) return;
  hub.readers.set(reader, cursor);
  const data = JSON.stringify({ position: cursor, replayed });
  reader.write(encoder.encode(encodeEvent({ event: "live", data })));
}

/**
 * A page of the table. Readers who ask for the same one while it is read share it: a thousand who
 * come back after a deploy are a few queries.
 */
function readOnce(hub: Hub, after: number, { stream, encode }: FeedOptions): Promise<EncodedPage> {
  const underWay = hub.reading.get(after);
  if (underWay) return underWay;
  const reading = log()
    .read(stream, after, PAGE)
    .then((page) => ({ ...page, bytes: join(page.entries.map((one) => toFrame(one, encode))) }))
    .finally(() => hub.reading.delete(after));
  hub.reading.set(after, reading);
  return reading;
}

/** Where a reader without a position begins. It is told so: cut off now, it would come back without one. */
async function firstPosition(reader: EventReader, hub: Hub, options: FeedOptions) {
  const { head, floor } = await readOnce(hub, Number.MAX_SAFE_INTEGER, options);
  const position = Math.max(head - options.latest, floor);
  reader.write(encoder.encode(encodeEvent({ id: position })));
  return position;
}

function open({ stream, encode }: FeedOptions): Hub {
  const end = new AbortController();
  const hub: Hub = {
    readers: new Map(),
    users: 0,
    position: undefined,
    begun: begin(),
    reading: new Map(),
    end,
  };
  hubs().set(stream, hub);
  return hub;

  async function begin(): Promise<void> {
    try {
      const { head } = await log().read(stream, Number.MAX_SAFE_INTEGER, 1);
      hub.position = head;
      run(hub, stream, encode).catch((err) => {
        logger().warn({ err, stream }, "log hub failed; its readers come back");
        if (hubs().get(stream) === hub) hubs().delete(stream);
        end.abort();
        for (const reader of hub.readers.keys()) reader.cut();
      });
    } catch (error) {
      // The database is away: this hub's readers fail with it, the next one begins anew.
      if (hubs().get(stream) === hub) hubs().delete(stream);
      throw error;
    }
  }
}

async function run(hub: Hub, stream: string, encode: FeedOptions["encode"]): Promise<void> {
  for await (const batch of log().tailBatches(stream, hub.position ?? 0, hub.end.signal)) {
    if (batch.kind === "reset") reset(hub, batch.oldest - 1);
    else
      deliver(
        hub,
        batch.entries.map((entry) => toFrame(entry, encode)),
      );
    // One batch a turn of the event loop: those who read have taken it before the next is sent.
    await nextTurn();
  }
}

function deliver(hub: Hub, frames: Frame[]): void {
  const before = hub.position;
  const last = frames.at(-1)?.seq ?? 0;
  const bytes = join(frames);
  hub.position = last;
  for (const [reader, cursor] of hub.readers) {
    if (cursor >= last) continue;
    hub.readers.set(reader, last);
    reader.write(cursor === before ? bytes : join(frames.filter(({ seq }) => seq > cursor)));
  }
}

function reset(hub: Hub, position: number): void {
  const bytes = resetFrame(position);
  hub.position = position;
  for (const [reader, cursor] of hub.readers) {
    if (cursor === position) continue;
    hub.readers.set(reader, position);
    reader.write(bytes);
  }
}

/** Its id is where the reader now is: coming back, it goes on from there. */
const resetFrame = (position: number) =>
  encoder.encode(
    encodeEvent({
      id: position,
      event: "reset",
      data: JSON.stringify({ oldest: position + 1 }),
    }),
  );

const toFrame = (entry: LogEntry, encode: FeedOptions["encode"]): Frame => ({
  seq: entry.seq,
  text: encode(entry),
});
const join = (frames: Frame[]) => encoder.encode(frames.map(({ text }) => text).join(""));

const over = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
