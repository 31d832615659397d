import { newGuests, post } from "../lab/load/guests.ts";
import { type Polls, pollUnits, wakeAll } from "../lab/load/polls.ts";
import type { Stage } from "../lab/stage.ts";
import type { Suite } from "../suite.ts";

// Ours are the polls of the realtime comparison, woken by its own source: the entry is stored, and
// read by those who wait. The product lets one user have ten (STREAMS_PER_USER): the bound is lifted.

const SIZES = [100, 500, 2_000];
const [ours, next, bare, fastapi] = [
  "Patternbook",
  "Next without the lane",
  "bare node:http",
  "FastAPI",
] as const;

/** Five entries a second: the first comes 200 ms after the start, and the polls want one only. */
const START = { action: "start", rate: 5, payloadBytes: 32 };

async function application(stage: Stage, changes: Record<string, string>): Promise<Polls> {
  const server = await stage.application({ STREAMS_PER_USER: "100000", ...changes });
  const [token = ""] = await newGuests(server.base, 1);
  const source = `${server.base}/api/realtime/source`;
  const headers = { Authorization: `Bearer ${token}` };
  let head = 0;
  return {
    server,
    get path() {
      return `/api/realtime/long-poll?timeout=25&after=${head}`;
    },
    headers,
    // It asks the database as they do, and after them.
    taken: () => headOf(server.base, headers),
    wake: () => post(source, START, token),
    async calm() {
      await post(source, { action: "stop" }, token);
      head = await headAtRest(server.base, headers);
    },
  };
}

/** The position of the last entry, and whether there will be others. */
async function headOf(base: string, headers: Record<string, string>) {
  const response = await fetch(`${base}/api/realtime/stats`, { headers });
  return (await response.json()) as { head: number; source: { running: boolean } };
}

/** The same, once there are no new ones. */
async function headAtRest(base: string, headers: Record<string, string>): Promise<number> {
  for (let before = -1; ; ) {
    const { head, source } = await headOf(base, headers);
    if (!source.running && head === before) return head;
    before = head;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

export const suite: Suite = {
  name: "long-polls",
  what: "how long it takes until all polls that wait for an event are answered.",
  growth: [
    { figure: "all answered", sizes: "polls" },
    { figure: "CPU a poll", sizes: "polls" },
  ],
  async run(stage, measure) {
    const peer = await stage.peer("long-poll");
    const python = await stage.fastapi("long_poll");
    const plain = { path: "/", headers: {} };
    const subjects: Record<string, Polls> = {
      [ours]: await application(stage, {}),
      ...(stage.hasTimeFor(next) && { [next]: await application(stage, { DIRECT_LANE: "0" }) }),
      [bare]: { ...plain, server: peer, wake: () => post(peer.base, {}) },
      ...(python && {
        [fastapi]: {
          ...{ ...plain, path: "/poll", server: python },
          wake: () => post(`${python.base}/publish`, {}),
        },
      }),
    };
    const there = Object.entries(subjects);
    try {
      // A Next route takes some load to be what it is later.
      for (const [name, polls] of there)
        for (let n = 0; n < (stage.quick ? 1 : name === next ? 8 : 3); n++)
          await wakeAll(polls, 500);
      for (const size of stage.quick ? SIZES.slice(0, 2) : SIZES)
        await measure({
          name: `${size.toLocaleString("en")} polls`,
          size,
          units: pollUnits,
          subjects: Object.fromEntries(
            there.map(([name, polls]) => [name, () => wakeAll(polls, size)]),
          ),
          ratios: [
            { figure: "all answered", of: ours, to: bare, ...(size >= 500 && { atMost: 1.2 }) },
            { figure: "all answered", of: ours, to: fastapi, ...(size >= 500 && { atMost: 0.7 }) },
            { figure: "all answered", of: ours, to: next },
          ],
        });
    } finally {
      await Promise.all(there.map(([, { server }]) => server.stop()));
    }
  },
};
