import { env } from "./env";
import { HttpError } from "./http";
import { logger } from "./logger";
import { metrics } from "./metrics";
import { createPushedBody } from "./pushed-body";
import { revocations } from "./session/revocations";
import type { Identity } from "./session/token";
import { encodeComment, encodeEvent, sseHeaders } from "./sse";
import { streams } from "./streams";

/** Keeps proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** Unread bytes beyond which a reader has fallen behind. The batch that finds them is not added. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** setTimeout's largest delay. Longer sessions look again when it has passed. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** A full house empties as tabs are closed: no sooner than a person does that. */
const RETRY_AFTER_S = 5;

/** Why the server ended a stream: the data of its last event, `end`. */
export type EndReason = "going away" | "logged out" | "session expired";

/** The reading end of one stream, for whoever feeds it. */
export interface EventReader {
  /** Aborts once the stream is over, for whatever reason. */
  readonly signal: AbortSignal;
  /** Sends whole frames. A reader that left more than 1 MiB unread is ended instead. */
  write(frames: Uint8Array): void;
  /** Resolves once at most so many bytes are unread, or the stream is over. */
  below(bytes: number): Promise<void>;
  /** Ends the stream without a last event: the reader comes back. */
  cut(): void;
}

export interface EventResponseOptions {
  /** Whose stream it is: it ends with this session. */
  identity: Identity;
  /** Counts streams, with the user's id: at most `limit` of one kind for each user and instance. */
  kind: string;
  limit: number;
  /** False for a protocol that has no such event: instead of its last one, the stream is cut. */
  lastEvent?: boolean;
  /** Writes events until the signal aborts. The stream ends when it resolves, or rejects. */
  feed(reader: EventReader): Promise<void>;
}

const encoder = new TextEncoder();
const heartbeat = encoder.encode(encodeComment());
const lastEvent = (reason: EndReason) =>
  encoder.encode(encodeEvent({ event: "end", data: JSON.stringify({ reason }) }));

/** Spread out: a thousand readers that lost one instance do not come to the next at once. */
const jitteredRetry = () => 1_000 + Math.floor(Math.random() * 2_000);

/**
 * A response that streams events. Its first bytes leave at once; a comment every 15 s keeps it open.
 * It ends, each time through the one `finish`, when the reader leaves (which fires both the
 * request's signal and cancel()) or falls behind, with the session, and with the process. Where the
 * reader is still there its last event says why.
 *
 * @throws HttpError 429 where the user has too many
 */
export function eventResponse(request: Request, options: EventResponseOptions): Response {
  const { identity, kind, limit, lastEvent: hasLastEvent = true, feed } = options;
  const owner = `${kind}:${identity.userId}`;
  if (streams().sizeOf(owner) >= limit) throw tooMany(limit);

  const over = new AbortController();
  const undo: (() => void)[] = [];
  let taken = () => {};
  const body = createPushedBody({ onTaken: () => taken(), onLeave: () => void finish() });

  /** The cleanup, once, whichever end comes first. */
  function finish(): boolean {
    if (over.signal.aborted) return false;
    over.abort();
    for (const step of undo) step();
    taken();
    return true;
  }

  function end(reason?: EndReason): void {
    if (reason && !hasLastEvent) cut();
    if (!finish()) return;
    if (reason) body.write(lastEvent(reason));
    body.end();
  }

  /** Without a last event: nobody would read it. What is queued is let go. */
  function cut(): void {
    if (finish()) body.destroy();
  }

  const reader: EventReader = {
    signal: over.signal,
    write(frames) {
      if (over.signal.aborted) return;
      const unread = body.unread();
      if (unread <= MAX_UNREAD_BYTES) return body.write(frames);
      metrics().slowReaders.inc();
      logger().info({ kind, unread }, "stream cut: slow reader");
      cut();
    },
    async below(bytes) {
      while (!over.signal.aborted && body.unread() > bytes)
        await new Promise<void>((resolve) => {
          taken = resolve;
        });
    },
    cut,
  };

  body.write(
    encoder.encode(encodeComment(env().INSTANCE_NAME) + encodeEvent({ retry: jitteredRetry() })),
  );
  undo.push(streams().register(() => end("going away"), owner));
  undo.push(revocations().onRevoked((id) => id === identity.sessionId && end("logged out")));
  undo.push(atExpiry(identity, () => end("session expired")));
  const beat = setInterval(() => reader.write(heartbeat), HEARTBEAT_MS).unref();
  undo.push(() => clearInterval(beat));
  request.signal.addEventListener("abort", cut, { once: true });
  undo.push(() => request.signal.removeEventListener("abort", cut));

  // Each of these may have happened while the request was being looked at.
  if (request.signal.aborted) cut();
  else if (revocations().has(identity.sessionId)) end("logged out");
  else
    feed(reader).then(
      () => end(),
      (err) => {
        logger().warn({ err, kind }, "event stream failed; its reader comes back");
        cut();
      },
    );
  return body.response({ headers: sseHeaders });
}

function tooMany(limit: number): HttpError {
  const detail = `At most ${limit} streams at once on one instance. Close one, or share it.`;
  return new HttpError(429, "too-many-streams", detail, {
    headers: { "retry-after": String(RETRY_AFTER_S) },
  });
}

/** @returns stops waiting for it */
function atExpiry({ expiresAt }: Identity, expire: () => void): () => void {
  let timer: NodeJS.Timeout;
  const left = () => expiresAt * 1000 - Date.now();
  const wait = () => {
    timer = setTimeout(() => (left() <= 0 ? expire() : wait()), Math.min(left(), MAX_DELAY_MS));
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
