import type { Algorithm } from "./algorithm";

type State = {
  /** What is in the bucket, in parts: a token has `windowMs` of them, and `limit` come back each millisecond. */
  level: number;
  /** When that was so. */
  at: number;
};

/**
 * A bucket of `limit` tokens that fills in `windowMs`, evenly. Promise: in any time t never more than
 * limit + t · limit / window. Counted in parts of a token, so that nothing is ever rounded.
 */
export const tokenBucket: Algorithm<State> = {
  fields: ["level", "at"],

  at(state, { limit, windowMs }, now) {
    const full = limit * windowMs;
    if (!state) return { level: full, at: now };
    // A clock that is set back gives nothing, and costs nothing.
    const passed = Math.max(0, now - state.at);
    return { level: Math.min(full, state.level + passed * limit), at: Math.max(now, state.at) };
  },

  remaining: ({ level }, { windowMs }) => Math.floor(level / windowMs),
  spend: ({ level, at }, { windowMs }, cost) => ({ level: level - cost * windowMs, at }),

  wait({ level, at }, { limit, windowMs }, now, cost) {
    const missing = cost * windowMs - level;
    return missing <= 0 ? 0 : Math.ceil(missing / limit) + at - now;
  },

  lifetime: ({ windowMs }) => windowMs,

  lua: {
    at: `
      local full = limit * window
      if not s then s = {full, now} end
      s[1] = math.min(full, s[1] + math.max(0, now - s[2]) * limit)
      s[2] = math.max(now, s[2])`,
    left: "local left = math.floor(s[1] / window)",
    spend: "s[1] = s[1] - cost * window",
  },
};
