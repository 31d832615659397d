import { type Algorithm, firstAfter } from "./algorithm";

type State = {
  /** Number of the present sub-window, counted from the epoch. */
  window: number;
  /** Units spent in it. */
  count: number;
  /** Units spent in the one before. */
  previous: number;
};

/**
 * The last window's length, estimated from two: all of the present one, and of the one before the
 * share that still reaches into it. Promise: the estimate never passes the limit, as if the previous
 * window's requests had come evenly. It is what @upstash/ratelimit computes, to the same rounding.
 */
export const slidingWindow: Algorithm<State> = {
  fields: ["window", "count", "previous"],

  at(state, { windowMs }, now) {
    const window = Math.floor(now / windowMs);
    if (!state || state.window < window - 1) return { window, count: 0, previous: 0 };
    return state.window < window ? { window, count: 0, previous: state.count } : state;
  },

  remaining(state, quota, now) {
    return Math.max(0, quota.limit - state.count - carried(state, quota.windowMs, now));
  },

  spend: (state, _quota, cost) => ({ ...state, count: state.count + cost }),

  // What counts only falls while nothing is spent, across the border of windows too.
  wait(state, quota, now, cost) {
    const fits = (ms: number) =>
      this.remaining(this.at(state, quota, now + ms), quota, now + ms) >= cost;
    if (fits(0)) return 0;
    return firstAfter(0, (state.window + 2) * quota.windowMs - now, fits);
  },

  lifetime: ({ windowMs }) => 2 * windowMs,

  lua: {
    at: `
      local w = math.floor(now / window)
      if not s or s[1] < w - 1 then s = {w, 0, 0} elseif s[1] < w then s = {w, 0, s[2]} end`,
    left: `
      local passed = math.max(0, now - s[1] * window)
      local left = math.max(0, limit - s[2] - math.floor((1 - passed / window) * s[3]))`,
    spend: "s[2] = s[2] + cost",
  },
};

/** What of the previous window still counts. */
function carried({ window, previous }: State, windowMs: number, now: number): number {
  const passed = Math.max(0, now - window * windowMs);
  return Math.floor((1 - passed / windowMs) * previous);
}
