import type { ParsedEvent } from "@/lib/sse-parser";
import {
  continuedData,
  type Failure,
  failureSchema,
  finishData,
  type Source,
  type Status,
  sourceSchema,
  type ToolCall,
  tokenData,
  toolCallData,
  toolResultData,
  type Usage,
} from "../../contract";

/** What the page knows of a completion. */
export interface View {
  id: string | null;
  chatId: string | null;
  prompt: string;
  text: string;
  /** What the model shows of its reasoning. */
  reasoning: string;
  tools: ToolCall[];
  sources: Source[];
  /** Why it ended. */
  reason: string | null;
  status: "idle" | "asking" | Status;
  connected: boolean;
  /** The instance that makes it. */
  instance: string | null;
  /** The instances that took it over while this page looked on. */
  continued: string[];
  failure: Failure | null;
  /** Why there is nothing to show. */
  problem: string | null;
  usage: Usage | null;
  firstTokenMs: number | null;
  /** Frames with tokens that came as they were made, and when. */
  frames: number;
  firstAt: number | null;
  lastAt: number | null;
  /** Milliseconds between two of them, counted in the bins below. */
  gaps: number[];
}

/** Upper bounds of the gap histogram's bins, in ms; the last bin has none. */
export const gapBounds = [10, 20, 40, 60, 100, 250, 1_000] as const;

export const emptyView: View = {
  id: null,
  chatId: null,
  prompt: "",
  text: "",
  reasoning: "",
  tools: [],
  sources: [],
  reason: null,
  status: "idle",
  connected: false,
  instance: null,
  continued: [],
  failure: null,
  problem: null,
  usage: null,
  firstTokenMs: null,
  frames: 0,
  firstAt: null,
  lastAt: null,
  gaps: gapBounds.map(() => 0).concat(0),
};

/**
 * The view after one event of the raw stream.
 * @param at when it came, in ms
 * @param live false for what is a replay: it says nothing of the pace
 */
export function afterEvent(
  view: View,
  { event, data }: ParsedEvent,
  at: number,
  live: boolean,
): View {
  if (data === "[DONE]") return view;
  const read = <T>(schema: { parse(value: unknown): T }): T => schema.parse(JSON.parse(data));
  switch (event) {
    case "message": {
      const text = view.text + read(tokenData).token;
      return { ...view, text, ...(live && paced(view, at)) };
    }
    case "reasoning": {
      const reasoning = view.reasoning + read(tokenData).token;
      return { ...view, reasoning, ...(live && paced(view, at)) };
    }
    case "tool-call":
      return { ...view, tools: [...view.tools, read(toolCallData)] };
    case "tool-result": {
      const result = read(toolResultData);
      const tools = view.tools.map((tool) =>
        tool.id === result.id ? { ...tool, ...result } : tool,
      );
      return { ...view, tools };
    }
    case "source":
      return { ...view, sources: [...view.sources, read(sourceSchema)] };
    case "continued": {
      const { instance } = read(continuedData);
      return { ...view, instance, continued: [...view.continued, instance] };
    }
    case "finish":
      return { ...view, ...read(finishData) };
    case "error":
      return { ...view, status: "failed", failure: read(failureSchema) };
    default:
      return view;
  }
}

function paced(view: View, at: number): Partial<View> {
  const { lastAt, frames, gaps, firstAt } = view;
  const paced = { frames: frames + 1, firstAt: firstAt ?? at, lastAt: at };
  if (lastAt === null) return paced;
  const found = gapBounds.findIndex((bound) => at - lastAt < bound);
  const bin = found < 0 ? gapBounds.length : found;
  return { ...paced, gaps: gaps.map((count, n) => (n === bin ? count + 1 : count)) };
}

/** Frames a second between the first and the last; null before there are some. */
export function paceOf({ frames, firstAt, lastAt }: View): number | null {
  if (firstAt === null || lastAt === null || frames < 5 || lastAt <= firstAt) return null;
  return ((frames - 1) * 1_000) / (lastAt - firstAt);
}
