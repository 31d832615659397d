import type { Running } from "../lab/stage.ts";
import { quantile } from "../lab/stats.ts";
import { cpuMs } from "../lab/usage.ts";
import type { Sample, Suite } from "../suite.ts";

// The log of the application in a process of its own, without HTTP. Its peer is what one would write
// without it: an INSERT … RETURNING for each entry, on as many connections as there are writers, up to 50.

const WRITERS = [1, 10, 100];
const [ours, bare] = ["the log", "INSERT by the bare driver"] as const;
const [entries, p50, p99] = ["entries a second", "seen p50", "seen p99"] as const;
const elsewhere = "seen by another process p50";

export const suite: Suite = {
  name: "log",
  what: "how many entries are stored in a second, and how soon readers see them.",
  growth: [
    { figure: entries, sizes: "writers" },
    { figure: p50, sizes: "writers" },
  ],
  async run(stage, measure) {
    const peer = await stage.peer("log");
    const count = stage.quick ? 0.2 : 1;
    try {
      for (const way of ["log", "insert"]) await write(peer, way, 100, 5_000);
      for (const writers of WRITERS) {
        const each = (writers === 1 ? 1_000 : writers === 10 ? 5_000 : 20_000) * count;
        await measure({
          name: `${writers} ${writers === 1 ? "writer" : "writers"}`,
          size: writers,
          units: {
            [entries]: "/s",
            [p50]: "ms",
            [p99]: "ms",
            [elsewhere]: "ms",
            "CPU an entry": "µs",
          },
          subjects: {
            [ours]: () => write(peer, "log", writers, each),
            [bare]: () => write(peer, "insert", writers, each),
          },
          ratios: [{ figure: entries, of: ours, to: bare }],
          targets: [
            ...(writers === 100 ? [{ figure: entries, of: ours, atLeast: 10_000 }] : []),
            { figure: p50, of: ours, atMost: 20 },
            { figure: elsewhere, of: ours, atMost: 20 },
          ],
        });
      }
    } finally {
      await peer.stop();
    }
  },
};

async function write(peer: Running, way: string, writers: number, count: number): Promise<Sample> {
  const query = new URLSearchParams({ way, writers: String(writers), entries: String(count) });
  const cpu = cpuMs(peer.pid);
  const response = await fetch(`${peer.base}/?${query}`);
  if (!response.ok) throw new Error(await response.text());
  const used = cpuMs(peer.pid) - cpu;
  const {
    seconds,
    here,
    elsewhere: other,
  } = (await response.json()) as {
    seconds: number;
    here?: number[];
    elsewhere?: number[];
  };
  return {
    [entries]: count / seconds,
    "CPU an entry": (used * 1_000) / count,
    ...(here && { [p50]: quantile(here, 0.5), [p99]: quantile(here, 0.99) }),
    ...(other && { [elsewhere]: quantile(other, 0.5) }),
  };
}
