import { call, type Guest } from "../support/guest";
import type { Line } from "../support/promised";

const limits = (down: string) => `/api/limits/token-bucket?store=redis&down=${down}`;
const at = (path: string) => (guest: Guest) => call(path, { guest });
const withinMs = 500;

/** What limited routes promise while Redis is gone, hangs, or answers nonsense: each as it has declared. */
export const redisTable: Line<Guest>[] = [
  { operation: "open", ask: at(limits("open")), promised: { status: 200, withinMs } },
  { operation: "insured", ask: at(limits("insured")), promised: { status: 200, withinMs } },
  {
    operation: "closed",
    ask: at(limits("closed")),
    promised: { status: 503, problem: "limiter-unavailable", retryAfter: "2", withinMs },
  },
  {
    operation: "look at the state",
    ask: at("/api/limits/token-bucket/state?store=redis"),
    promised: { status: 503, problem: "limiter-unavailable", retryAfter: "2", withinMs },
  },
  { operation: "search", ask: at("/api/search?q=chat"), promised: { status: 200, withinMs } },
  // Counted in the process.
  { operation: "data", ask: at("/api/data"), promised: { status: 200, withinMs } },
];
