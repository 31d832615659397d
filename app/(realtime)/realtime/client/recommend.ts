import type { LaneName } from "../../contract";

/** What somebody needs, in four answers. */
export interface Needs {
  direction: "down" | "both";
  /** News: less than one a minute, about one a second, many a second. */
  rate: "rare" | "steady" | "fast";
  /** How late news may be, in milliseconds. */
  budgetMs: number;
  /** `plain`: something in between holds streams back, or knows no WebSocket. */
  proxies: "open" | "plain";
}

/** What was measured of a lane, per event. */
export interface Measured {
  /** Deliveries that no fault of the visitor's disturbed, and their 95th percentile. */
  undisturbed: number;
  p95: number | null;
  bytesPerEvent: number | null;
  bytesPerRequest: number | null;
  requestsPerEvent: number | null;
}

export interface Advice {
  lane: LaneName;
  /** The line of the cheat sheet that this rests on. */
  rule: string;
  /** False where no lane that is possible was fast enough: then it is the fastest. */
  meetsBudget: boolean;
  reasons: string[];
  others: { lane: LaneName; because: string }[];
}

export type Recommendation =
  | { enough: true; advice: Advice }
  | { enough: false; missing: LaneName[] };

/** Undisturbed deliveries of each lane below which nothing is advised. */
export const ENOUGH = 10;

export const laneTitles: Record<LaneName, string> = {
  websocket: "WebSocket",
  sse: "Server-sent events",
  "long-poll": "Long polling",
  poll: "Short polling",
};

/** The cheat sheet's "real-time pattern selection". */
export const rules: Record<LaneName, string> = {
  websocket: "Bidirectional → WebSocket",
  sse: "Server-push, text, auto-reconnect → SSE",
  "long-poll": "HTTP compat + low latency → Long polling",
  poll: "Simple, infrequent updates → Short polling",
};

/** The lanes that the rules allow, the one they prefer first. */
function preference({ direction, rate, proxies }: Needs): LaneName[] {
  if (proxies === "plain") return rate === "rare" ? ["poll", "long-poll"] : ["long-poll", "poll"];
  if (direction === "both") return ["websocket", "sse", "long-poll", "poll"];
  if (rate === "rare") return ["poll", "sse", "long-poll", "websocket"];
  return ["sse", "websocket", "long-poll", "poll"];
}

/**
 * Chooses a lane: the rules say in which order to prefer them, the measurements which of them is
 * fast enough and what each costs.
 *
 * @param pollMs the interval that short polling was measured with
 */
export function recommend(
  needs: Needs,
  measured: Record<LaneName, Measured>,
  pollMs: number,
): Recommendation {
  const names = Object.keys(measured) as LaneName[];
  const missing = names.filter((name) => measured[name].undisturbed < ENOUGH || p95(name) === null);
  if (missing.length > 0) return { enough: false, missing };

  const allowed = preference(needs);
  const fitting = allowed.find((name) => (p95(name) ?? Infinity) <= needs.budgetMs);
  const fastest = allowed.toSorted((a, b) => (p95(a) ?? 0) - (p95(b) ?? 0))[0] as LaneName;
  const lane = fitting ?? fastest;

  return {
    enough: true,
    advice: {
      lane,
      rule: rules[lane],
      meetsBudget: fitting !== undefined,
      reasons: [timeReason(), costReason(), ...extraReasons()],
      others: names
        .filter((name) => name !== lane)
        .map((other) => ({ lane: other, because: whyNot(other) })),
    },
  };

  function p95(name: LaneName) {
    return measured[name].p95;
  }

  function timeReason(): string {
    const took = `95 % of the events were here within ${ms(p95(lane))}`;
    return fitting
      ? `${took}; you allow ${ms(needs.budgetMs)}.`
      : `No possible lane was within ${ms(needs.budgetMs)}. This is the fastest: ${took}.`;
  }

  function costReason(): string {
    const { bytesPerEvent, requestsPerEvent } = measured[lane];
    return `An event cost ${bytes(bytesPerEvent)} and ${count(requestsPerEvent)}, headers included.`;
  }

  function extraReasons(): string[] {
    const reasons: string[] = [];
    if (lane === "poll") {
      const perHour = (3_600_000 / pollMs) * (measured.poll.bytesPerRequest ?? 0);
      reasons.push(
        `It is a plain GET. Asking every ${ms(pollMs)} costs ${bytes(perHour)} an hour, news or not.`,
      );
    }
    if (needs.direction === "both" && lane !== "websocket")
      reasons.push("What the client has to say goes by POST, a request each.");
    return reasons;
  }

  function whyNot(other: LaneName): string {
    const cost = `${bytes(measured[other].bytesPerEvent)} an event`;
    if (!allowed.includes(other))
      return other === "sse"
        ? "A proxy that gathers up the stream holds the events back."
        : "A proxy that knows plain HTTP only refuses the upgrade.";
    if ((p95(other) ?? Infinity) > needs.budgetMs)
      return `95 % took up to ${ms(p95(other))}: more than ${ms(needs.budgetMs)}.`;
    if (other === "websocket" && needs.direction === "down")
      return `${cost}, ${ms(p95(other))}; but its second direction is one that you do not need.`;
    if (needs.direction === "both" && lane === "websocket")
      return `${cost}, ${ms(p95(other))}, one way; the other would be a POST each.`;
    if (lane === "poll") return `${cost}, ${ms(p95(other))}: prompter than news this rare needs.`;
    return `${cost} and ${count(measured[other].requestsPerEvent)}, ${ms(p95(other))}.`;
  }
}

/** Milliseconds, as a person says them. */
export function ms(value: number | null): string {
  if (value === null) return "–";
  if (value >= 1_000) return `${trim(value / 1_000)} s`;
  return `${value < 10 ? short(value) : Math.round(value)} ms`;
}

/** Bytes, as a person says them. */
export function bytes(value: number | null): string {
  if (value === null) return "–";
  if (value < 10_000) return `${Math.round(value).toLocaleString("en")} B`;
  if (value < 1_000_000) return `${trim(value / 1_000)} kB`;
  return `${trim(value / 1_000_000)} MB`;
}

const trim = (value: number) => (value < 100 ? short(value) : Math.round(value).toString());
const short = (value: number) => value.toFixed(1).replace(/\.0$/, "");

function count(requests: number | null): string {
  if (requests === null) return "–";
  const shown = requests < 0.01 ? "hardly any" : requests.toFixed(requests < 0.1 ? 2 : 1);
  return `${shown} requests`;
}
