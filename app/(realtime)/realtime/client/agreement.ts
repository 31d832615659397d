import { type LaneName, laneNames } from "../../contract";
import type { HashChain } from "./hash-chain";

/** Whether the lanes have delivered the same, as far as all of them have come. */
export interface Agreement {
  /** The last position that all lanes have hashed. */
  position: number;
  /** Null where it cannot be said: nothing is there yet, or a lane began anew after a reset. */
  equal: boolean | null;
  hashes: Partial<Record<LaneName, string>>;
}

type Chains = Record<LaneName, Pick<HashChain, "at" | "reached">>;

/** Compares the running hashes at the position of the slowest lane. */
export function compare(chains: Chains): Agreement {
  const position = Math.min(...laneNames.map((name) => chains[name].reached()));
  const hashes: Agreement["hashes"] = {};
  for (const name of laneNames) {
    const hash = chains[name].at(position);
    if (hash !== undefined) hashes[name] = hash;
  }
  const known = Object.values(hashes);
  const equal = known.length < laneNames.length ? null : new Set(known).size === 1;
  return { position, equal, hashes };
}
