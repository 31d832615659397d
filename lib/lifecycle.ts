import { randomUUID } from "node:crypto";
import { remember } from "./remember";

/** While it is leaving, the process serves as ever, and /readyz says 503, so that balancers send nothing new. */
type Phase = "starting" | "ready" | "leaving" | "draining";

/** Where this process is in its life, and what must happen before it ends. */
export const lifecycle = () =>
  remember("lifecycle", () => ({
    /** Changes with every start of the process. */
    bootId: randomUUID(),
    phase: "starting" as Phase,
  }));
