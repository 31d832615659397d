import type { LaneName } from "../../contract";

/** How each lane is drawn: by colour and by dash, so that neither is needed alone. */
export const laneLooks: Record<LaneName, { short: string; colour: string; dash: number[] }> = {
  websocket: { short: "WebSocket", colour: "var(--accent)", dash: [] },
  sse: { short: "SSE", colour: "var(--good)", dash: [8, 3] },
  "long-poll": { short: "Long poll", colour: "var(--code-constant)", dash: [2, 3] },
  poll: { short: "Poll", colour: "var(--muted)", dash: [8, 3, 2, 3] },
};
