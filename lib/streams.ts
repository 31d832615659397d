import { lifecycle } from "./lifecycle";
import { logger } from "./logger";
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
      // It began while the process was already ending.
      if (lifecycle().phase === "draining") queueMicrotask(end);
      return () => {
        open.delete(end);
        count();
      };
    },
    size: () => open.size,
    endAll: () => {
      for (const end of open) {
        try {
          end();
        } catch (err) {
          logger().warn({ err }, "a stream could not be ended");
        }
      }
    },
  };
}

/** The streaming responses that are open in this process. */
export const streams = () => remember("streams", createStreams);
