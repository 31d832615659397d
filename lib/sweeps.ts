import { remember } from "./remember";

/** Takes away what has had its time; answers how many things that were. Safe to repeat at any moment. */
export type Sweep = () => Promise<number>;

/** What is swept, by name. Whoever keeps things registers here; one schedule calls them all. */
export const sweeps = () => remember("sweeps", () => new Map<string, Sweep>());

/** @returns takes it back */
export function registerSweep(name: string, sweep: Sweep): () => void {
  sweeps().set(name, sweep);
  return () => {
    if (sweeps().get(name) === sweep) sweeps().delete(name);
  };
}
