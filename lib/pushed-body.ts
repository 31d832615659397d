import { remember } from "./remember";

/** Where the bytes of a pushed body go, once somebody takes them. */
export interface Sink {
  write(bytes: Uint8Array): void;
  /** Bytes that were written and that nobody has taken yet. */
  unread(): number;
  /** All was written. */
  end(): void;
  /** Breaks off; what is unread is let go. */
  destroy(): void;
}

/** What a sink tells of its reader. */
export interface ReaderEvents {
  /** It took what was unread. */
  onTaken(): void;
  /** It left. */
  onLeave(): void;
}

/** A body that its owner pushes into. Until a sink is there, it is held: the owner bounds `unread`. */
export interface PushedBody extends Sink {
  /** A Response of this body: a web stream for whoever reads it as one. */
  response(init: ResponseInit): Response;
  /** Takes the bytes instead of the web stream, which is then never read. */
  attach(create: (events: ReaderEvents) => Sink): void;
}

/**
 * The pushed bodies, by the Response that carries them. A web stream costs some 15 µs a chunk and
 * reader; server/lane knows a body by its Response, and writes to the socket instead.
 */
const bodies = () => remember("pushed-bodies", () => new WeakMap<Response, PushedBody>());
export const pushedBodyOf = (response: Response) => bodies().get(response);

export function createPushedBody(events: ReaderEvents): PushedBody {
  let sink: Sink | undefined;
  let held: Uint8Array[] = [];
  let over: "end" | "destroy" | undefined;

  const body: PushedBody = {
    write(bytes) {
      if (sink) sink.write(bytes);
      else held.push(bytes);
    },
    unread: () => sink?.unread() ?? held.reduce((sum, { byteLength }) => sum + byteLength, 0),
    end() {
      over ??= "end";
      sink?.end();
    },
    destroy() {
      over ??= "destroy";
      held = [];
      sink?.destroy();
    },
    attach(create) {
      sink = create(events);
      for (const bytes of held) sink.write(bytes);
      held = [];
      if (over) sink[over]();
    },
    response(init) {
      const response = new Response(webStream(body, events), init);
      bodies().set(response, body);
      return response;
    },
  };
  return body;
}

/** Asks for nothing ahead of its reader: the first read attaches it. */
function webStream({ attach }: PushedBody, { onTaken, onLeave }: ReaderEvents) {
  let attached = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (attached) return onTaken();
        attached = true;
        attach(() => ({
          write: (bytes) => controller.enqueue(bytes),
          unread: () => -(controller.desiredSize ?? 0),
          end: () => controller.close(),
          destroy: () => controller.error(new DOMException("The stream was cut.", "AbortError")),
        }));
      },
      cancel: onLeave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
}
