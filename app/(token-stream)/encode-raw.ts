import { encodeEvent } from "@/lib/sse";
import type { Encode } from "./completion/feed";

const json = (data: object) => JSON.stringify(data);

/**
 * The cheat sheet's protocol: `data: {"token": …}` … `data: [DONE]`. What else there is to say has
 * a name, which simple readers pass over. The position moves with the last frame of an entry only:
 * who is cut off between a failure and its [DONE] is sent both again.
 */
export const encodeRaw: Encode = (entry, seq) => {
  switch (entry.type) {
    case "begin":
      return "";
    case "tokens":
      return encodeEvent({ id: seq, data: json({ token: entry.text }) });
    case "reasoning":
      return encodeEvent({ id: seq, event: "reasoning", data: json({ token: entry.text }) });
    case "tool-call": {
      const { id, name, input } = entry;
      return encodeEvent({ id: seq, event: "tool-call", data: json({ id, name, input }) });
    }
    case "tool-result": {
      const { id, output, error } = entry;
      return encodeEvent({ id: seq, event: "tool-result", data: json({ id, output, error }) });
    }
    case "source": {
      const { url, title } = entry;
      return encodeEvent({ id: seq, event: "source", data: json({ url, title }) });
    }
    case "continued":
      return encodeEvent({ id: seq, event: "continued", data: json({ instance: entry.instance }) });
    case "end": {
      const { status, reason, usage, failure } = entry;
      const last = failure
        ? { event: "error", data: json(failure) }
        : { event: "finish", data: json({ status, reason, usage }) };
      return encodeEvent({ id: seq - 1, ...last }) + encodeEvent({ id: seq, data: "[DONE]" });
    }
  }
};
