import CachePolicy from "http-cache-semantics";
import type { Answered, Asked, Exchange } from "./exchange";

interface Stored {
  policy: CachePolicy;
  answered: Answered;
}

const asRequest = ({ method = "GET", path, headers = {} }: Asked) => ({
  method,
  url: path,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
});

/**
 * A small shared cache by the rules of RFC 9111: what may be stored, how long it is fresh, and which
 * stored answer a request selects (4.1). Without `vary` it is told nothing of that header, as where
 * an origin forgets it or a CDN drops it.
 */
export function createCache(
  origin: (asked: Asked) => Promise<Exchange>,
  { vary }: { vary: boolean },
) {
  const stored = new Map<string, Stored[]>();
  return {
    async ask(asked: Asked): Promise<{ answered: Answered; from: "cache" | "origin" }> {
      const request = asRequest(asked);
      const variants = stored.get(asked.path) ?? [];
      const hit = variants.find(({ policy }) => policy.satisfiesWithoutRevalidation(request));
      if (hit) return { answered: hit.answered, from: "cache" };
      const { answered } = await origin(asked);
      const { vary: said, ...rest } = answered.headers;
      const headers = vary && said ? { ...rest, vary: said } : rest;
      const policy = new CachePolicy(request, { status: answered.status, headers });
      if (policy.storable()) stored.set(asked.path, [...variants, { policy, answered }]);
      return { answered, from: "origin" };
    },
    /** How many answers it holds. */
    size: () => [...stored.values()].reduce((sum, { length }) => sum + length, 0),
    clear: () => stored.clear(),
  };
}
