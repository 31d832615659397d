import type { Algorithm } from "./algorithm";

type State = {
  /** Number of the window, counted from the epoch. */
  window: number;
  /** Units spent in it. */
  count: number;
};

/**
 * So many in each window of the clock. Promise: never more than the limit in a window; around the
 * border of two, up to twice as many.
 */
export const fixedWindow: Algorithm<State> = {
  fields: ["window", "count"],

  // A clock that is set back stays in the window it has reached.
  at(state, { windowMs }, now) {
    const window = Math.floor(now / windowMs);
    return state && state.window >= window ? state : { window, count: 0 };
  },

  remaining: ({ count }, { limit }) => limit - count,
  spend: ({ window, count }, _quota, cost) => ({ window, count: count + cost }),

  wait(state, quota, now, cost) {
    if (state.count + cost <= quota.limit) return 0;
    return (state.window + 1) * quota.windowMs - now;
  },

  lifetime: ({ windowMs }) => windowMs,

  lua: {
    at: `
      local w = math.floor(now / window)
      if not s or s[1] < w then s = {w, 0} end`,
    left: "local left = limit - s[2]",
    spend: "s[2] = s[2] + cost",
  },
};
