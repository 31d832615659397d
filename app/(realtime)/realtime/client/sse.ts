import { entry, reset } from "../../contract";
import { backoff } from "./backoff";
import type { Lane, LaneOptions } from "./lane";
import { createInbox } from "./push";

/** The part of EventSource that this needs. */
export type Source = Pick<EventSource, "addEventListener" | "close" | "readyState">;

export interface SseOptions extends LaneOptions {
  open?(url: string): Source;
}

const CLOSED = 2;
const data = entry.omit({ seq: true });

/**
 * Server-sent events. EventSource comes back by itself, with the last id it saw, for as long as the
 * server answers 200; what is left to do is to come back after any other answer, and after an end.
 */
export function createSseLane({
  host,
  run,
  open = (url) => new EventSource(url),
}: SseOptions): Lane {
  let source: Source | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = true;
  let failures = 0;
  const inbox = createInbox(host, again);

  function connect(): void {
    clearTimeout(timer);
    source?.close();
    if (stopped) return;
    inbox.begin();
    const url = `/api/realtime/sse?after=${host.position()}&run=${run}`;
    const mine = open(url);
    source = mine;
    host.request();
    host.status("connecting");
    host.wire("out", "GET", url);
    let opened = false;
    mine.addEventListener("open", () => {
      // A second one of the same EventSource: it has come back by itself.
      if (opened) host.request();
      opened = true;
      failures = 0;
      host.status("open");
    });
    mine.addEventListener("message", ({ lastEventId, data: text }) => {
      host.wire("in", "event", `id: ${lastEventId}\ndata: ${text}`);
      inbox.entries([{ seq: Number(lastEventId), ...data.parse(JSON.parse(text)) }]);
    });
    mine.addEventListener("reset", (event) => {
      const { data: text } = event as MessageEvent<string>;
      host.wire("in", "reset", text);
      inbox.reset(reset.parse(JSON.parse(text)).oldest);
    });
    mine.addEventListener("end", (event) => {
      host.wire("in", "end", (event as MessageEvent<string>).data);
      host.lost();
      later();
    });
    mine.addEventListener("error", () => {
      if (mine !== source || stopped) return;
      host.lost();
      host.status("waiting");
      // Not while it is coming back by itself.
      if (mine.readyState === CLOSED) later();
    });
  }

  function again(): void {
    host.lost();
    connect();
  }

  /** The stream was refused or said bye: again, after a while, with whatever session there is. */
  function later(): void {
    source?.close();
    clearTimeout(timer);
    host.status("waiting");
    timer = setTimeout(() => host.ensureSession().then(connect, later), backoff(++failures));
  }

  return {
    name: "sse",
    start(): void {
      if (!stopped) return;
      stopped = false;
      connect();
    },
    stop(): void {
      stopped = true;
      clearTimeout(timer);
      source?.close();
      host.status("closed");
    },
    drop(): void {
      if (!stopped) again();
    },
    stall: inbox.stall,
    loseNext: inbox.loseNext,
    // A stream costs nothing while nothing happens: it stays open behind other tabs.
    hide() {},
  };
}
