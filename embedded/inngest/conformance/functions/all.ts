import type { Inngest } from "inngest";
import { events } from "./events.ts";
import { failures } from "./failures.ts";
import { limits } from "./limits.ts";
import { refused } from "./refused.ts";
import { steps } from "./steps.ts";
import { time } from "./time.ts";
import type { Setup } from "./tools.ts";

/** One function for each thing that an executor promises. */
export const createFunctions = (inngest: Inngest, setup: Setup) => [
  ...failures(inngest, setup),
  ...time(inngest, setup),
  ...steps(inngest, setup),
  ...events(inngest, setup),
  ...limits(inngest, setup),
  ...refused(inngest, setup),
];
