import { env } from "@/lib/env";
import { lifecycle } from "@/lib/lifecycle";
import type { Instance } from "./contract";

const PROBE_TIMEOUT_MS = 800;

/** The instances of PEERS, `name=url` each. */
function peers(): { name: string; url: string }[] {
  return env().PEERS.flatMap((peer) => {
    const equals = peer.indexOf("=");
    return equals > 0 ? [{ name: peer.slice(0, equals), url: peer.slice(equals + 1) }] : [];
  });
}

/** Whether an instance answers, and whether it takes work: 200 from /readyz, anything else if not. */
async function probe(url: string): Promise<{ alive: boolean; ready: boolean }> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(new URL("/readyz", url), { signal, redirect: "error" });
    await response.body?.cancel();
    return { alive: true, ready: response.ok };
  } catch {
    return { alive: false, ready: false };
  }
}

/** Every instance that this deployment names, as seen from here. */
export function listInstances(): Promise<Instance[]> {
  const self = env().INSTANCE_NAME;
  return Promise.all(
    peers().map(async ({ name, url }) => ({
      name,
      url,
      self: name === self,
      ...(name === self ? { alive: true, ready: lifecycle().phase === "ready" } : await probe(url)),
    })),
  );
}
