/** One thing that crossed the wire: a frame, an event, or the head of a request or response. */
export type WireFrame = {
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** As the browser sees it: "out" left it, "in" reached it. */
  direction: "out" | "in";
  label: string;
  body?: string;
  bytes?: number;
};
