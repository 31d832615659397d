import { metrics } from "./metrics";
import { remember } from "./remember";

/** Ends one streaming response: writes its last event, then closes. */
type EndStream = () => void;

function createStreams() {
  const open = new Set<EndStream>();
  const owners = new Map<string, number>();
  let closing = false;

  function count(owner: string | undefined, change: 1 | -1): void {
    metrics().openStreams.set(open.size);
    if (owner === undefined) return;
    const size = (owners.get(owner) ?? 0) + change;
    if (size > 0) owners.set(owner, size);
    else owners.delete(owner);
  }

  return {
    /**
     * Registers an open streaming response, so that a shutdown can end it properly. One that comes
     * after the shutdown has begun is ended at once.
     * @param owner whose stream it is, where that is counted
     * @returns to be called once the stream is over, for whatever reason
     */
    register(end: EndStream, owner?: string): () => void {
      open.add(end);
      count(owner, 1);
      if (closing) queueMicrotask(end);
      return () => {
        if (open.delete(end)) count(owner, -1);
      };
    },
    size: () => open.size,
    /** Open streams of one owner. */
    sizeOf: (owner: string) => owners.get(owner) ?? 0,
    endAll: () => {
      closing = true;
      for (const end of open) end();
    },
  };
}

/** The streaming responses that are open in this process. */
export const streams = () => remember("streams", createStreams);
