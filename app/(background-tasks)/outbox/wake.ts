import { remember } from "@/lib/remember";

/** The relays of this process. Routes and server.ts load their modules separately, so they are shared. */
const relays = () => remember("outbox relays", () => new Set<() => void>());

/** Tells the relay of this process that the outbox has something. Those of others look by themselves. */
export function wakeRelay(): void {
  for (const wake of relays()) wake();
}

/** @returns ends it */
export function onWake(wake: () => void): () => void {
  relays().add(wake);
  return () => relays().delete(wake);
}
