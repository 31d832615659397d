import { bus } from "@/lib/bus";
import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import { log } from "@/lib/log";
import { logger } from "@/lib/logger";
import { remember } from "@/lib/remember";
import type { LaneName } from "./contract";
import { wallClock } from "./entries";
import { createAudience } from "./source/audience";
import { createSources } from "./source/sources";

/** Who reads, in this process: the routes and the socket's namespace count together. */
export const audience = () =>
  remember("realtime-audience", () =>
    createAudience({
      bus: bus(),
      self: lifecycle().bootId,
      readersPerUser: env().STREAMS_PER_USER,
    }),
  );

/** The sources of this process. */
export const sources = () =>
  remember("realtime-sources", () =>
    createSources({
      log: log(),
      audience: audience(),
      clock: wallClock,
      isDraining: () => lifecycle().phase === "draining",
      onError: (err) => logger().warn({ err }, "realtime source"),
    }),
  );

/** What the bytes of a lane are added up under: a visitor cannot read another's. */
export const labelOf = (userId: string, run: string, lane: LaneName) =>
  `realtime:${userId}:${run}:${lane}`;
