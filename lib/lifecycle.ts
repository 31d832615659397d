import { randomUUID } from "node:crypto";
import { remember } from "./remember";

type Phase = "starting" | "ready" | "draining";

/** Where this process is in its life, and what must happen before it ends. */
export const lifecycle = () =>
  remember("lifecycle", () => ({
    /** Changes with every start of the process. */
    bootId: randomUUID(),
    phase: "starting" as Phase,
  }));
