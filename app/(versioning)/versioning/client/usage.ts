import { createStore } from "@/components/store";
import type { Version } from "../../contract";

/** Requests by version since this instance began; null: not known. */
export type Usage = Record<Version, number> | null;
export interface UsageView {
  usage: Usage;
}
export const initialUsage: UsageView = { usage: null };

/** After an answer, so long: several at once are one look. */
const PAUSE_MS = 400;

/** What /metrics counts of each version, looked at again after requests of this page. */
export function createUsage() {
  const store = createStore(initialUsage);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    timer = undefined;
    const response = await fetch("/metrics", { cache: "no-store" }).catch(() => null);
    if (response?.ok) store.set({ usage: parseUsage(await response.text()) });
  }

  return {
    store,
    lookSoon(): void {
      timer ??= setTimeout(look, PAUSE_MS);
    },
    close: () => clearTimeout(timer),
  };
}

/** The counters in Prometheus' text format, added up over their other labels. */
export function parseUsage(text: string): Usage {
  const usage: Usage = { 1: 0, 2: 0 };
  for (const [, version, count] of text.matchAll(
    /^api_version_requests_total\{version="([12])"[^}]*\} (\d+)$/gm,
  ))
    usage[Number(version) as Version] += Number(count);
  return usage;
}
