import { metrics } from "./metrics";
import { remember } from "./remember";

/** Ends one streaming response: writes its last event, then closes. */
type EndStream = () => void;

function createStreams() {
  const open = new Set<EndStream>();
  const count = () => metrics().openStreams.set(open.size);
  return {
    /**
     * Registers an open streaming response, so that a shutdown can end it properly.
     * @returns to be called once the stream is over, for whatever reason
     */
    register(end: EndStream): () => void {
      open.add(end);
      count();
      return () => {
        open.delete(end);
        count();
      };
    },
    size: () => open.size,
    endAll: () => {
      for (const end of open) end();
    },
  };
}

/** The streaming responses that are open in this process. */
export const streams = () => remember("streams", createStreams);
