/** An event as a client sees it: `id` is the last one that the stream named, "" before the first. */
export interface ParsedEvent {
  id: string;
  event: string;
  data: string;
}

export interface SseParserOptions {
  onEvent(event: ParsedEvent): void;
  /** A comment, without its colon and the space after it. */
  onComment?(text: string): void;
  onRetry?(ms: number): void;
  /** An id that came without an event: the position has moved. */
  onId?(id: string): void;
  /** Each block as it came, blank line left out: whatever it held. */
  onBlock?(text: string): void;
}

/**
 * Parses an event stream as EventSource does (HTML Living Standard, 9.2.6), and shows what
 * EventSource does not: comments, and the text of each block. Feed it decoded text as it comes
 * (a TextDecoder takes the BOM away); a block that the end of the stream cut off is never an event.
 */
export function createSseParser({ onEvent, onComment, onRetry, onId, onBlock }: SseParserOptions) {
  let rest = "";
  let afterCr = false;
  let lastEventId = "";
  let id = "";
  let event = "";
  let data: string[] = [];
  let block: string[] = [];

  function endBlock(): void {
    if (block.length > 0) onBlock?.(block.join("\n"));
    block = [];
    const moved = lastEventId !== id;
    lastEventId = id;
    if (data.length > 0) onEvent({ id, event: event || "message", data: data.join("\n") });
    else if (moved) onId?.(id);
    event = "";
    data = [];
  }

  function line(text: string): void {
    if (text === "") {
      endBlock();
      return;
    }
    block.push(text);
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (colon === 0) onComment?.(value);
    else if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "retry" && /^\d+$/.test(value)) onRetry?.(Number(value));
  }

  return {
    feed(text: string): void {
      // A CR ends its line at once; an LF that follows, perhaps in the next piece, belongs to it.
      const more = afterCr && text.startsWith("\n") ? text.slice(1) : text;
      if (text !== "") afterCr = more.endsWith("\r");
      const lines = (rest + more).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? "";
      for (const one of lines) line(one);
    },
    /** The position that a reconnect sends as Last-Event-ID. */
    lastEventId: () => lastEventId,
  };
}
