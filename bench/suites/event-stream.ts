import { atRest, broadcast, fanOutUnits } from "../lab/load/fan-out.ts";
import { newGuests, post } from "../lab/load/guests.ts";
import { openReaders, type Readers } from "../lab/load/sse-readers.ts";
import { fitting } from "../lab/open-files.ts";
import type { Running, Stage } from "../lab/stage.ts";
import { residentMiB } from "../lab/usage.ts";
import type { Suite } from "../suite.ts";

// One stream, many readers. The product lets one user have ten of them (STREAMS_PER_USER): here the
// readers of one stream stand for tabs, devices and services of one account, and the bound is lifted.
// Ours stores each event before it is sent on, and resumes; the others only pass it on.

const SIZES = [200, 1_000, 5_000];
const [ours, bare, fastapi] = ["Patternbook", "bare node:http", "FastAPI"] as const;
const next = "Next without the lane";

interface Subject {
  name: string;
  optional?: boolean;
  server: Running;
  stream: { path: string; headers: Record<string, string>; ready: string };
  publish(text: string): Promise<void>;
}

async function subjectsOf(stage: Stage): Promise<Subject[]> {
  const peer = await stage.peer("events");
  const python = await stage.fastapi("events");
  const begun = { headers: {}, ready: "" };
  return [
    await application(stage, ours, {}),
    ...(stage.hasTimeFor(next)
      ? [{ ...(await application(stage, next, { DIRECT_LANE: "0" })), optional: true }]
      : []),
    {
      ...{ name: bare, server: peer, stream: { path: "/", ...begun } },
      publish: (payload) => post(peer.base, { payload }),
    },
    ...(python
      ? [
          {
            ...{ name: fastapi, server: python, stream: { path: "/events/me", ...begun } },
            publish: (payload: string) => post(`${python.base}/publish/me`, { payload }),
          },
        ]
      : []),
  ];
}

async function application(
  stage: Stage,
  name: string,
  changes: Record<string, string>,
): Promise<Subject> {
  const server = await stage.application({ STREAMS_PER_USER: "100000", ...changes });
  const [token] = await newGuests(server.base, 1);
  return {
    name,
    server,
    stream: {
      path: "/api/events/me",
      headers: { Authorization: `Bearer ${token}` },
      ready: "event: live",
    },
    publish: (payload) => post(`${server.base}/api/events`, { type: "note", payload }, token),
  };
}

export const suite: Suite = {
  name: "event-stream",
  what: "what it costs to have one event come to all readers of a stream.",
  growth: [
    {
      ...{ figure: "CPU a delivery", sizes: "readers", among: "16 in flight" },
      bound: { of: ours, atMost: 1.4 },
    },
    { figure: "memory", sizes: "readers", among: "16 in flight" },
  ],
  async run(stage, measure) {
    const subjects = await subjectsOf(stage);
    const deliveries = stage.quick ? 10_000 : 40_000;
    try {
      for (const size of stage.quick ? SIZES.slice(0, 2) : SIZES) {
        const streams: (readonly [Subject, Readers])[] = [];
        try {
          for (const subject of fitting(stage.absent, subjects, size)) {
            const { server, stream } = subject;
            streams.push([subject, await openReaders(server.base, stream, size)]);
            await atRest(server.pid);
          }
          const send = async (
            [{ server, publish }, { tally }]: readonly [Subject, Readers],
            inFlight: number,
          ) => {
            // Twice as many as are in flight: what begins and ends alone is not to be all there is.
            const broadcasts = Math.max(Math.ceil(deliveries / size), 2 * inFlight);
            const sample = await broadcast(
              { pid: server.pid, tally, publish },
              broadcasts,
              inFlight,
            );
            return { ...sample, memory: residentMiB(server.pid) };
          };
          for (const stream of streams) await send(stream, 16);
          for (const inFlight of size === 1_000 ? [1, 16] : [16])
            await measure({
              name: `${size.toLocaleString("en")} readers, ${inFlight} in flight`,
              size,
              units: { ...fanOutUnits, memory: "MiB" },
              subjects: Object.fromEntries(
                streams.map((stream) => [stream[0].name, () => send(stream, inFlight)]),
              ),
              ratios: ratiosOf(size, inFlight),
            });
        } finally {
          for (const [, readers] of streams) readers.close();
        }
      }
    } finally {
      await Promise.all(subjects.map(({ server }) => server.stop()));
    }
  },
};

function ratiosOf(size: number, inFlight: number) {
  const figure = "deliveries a second";
  const toFastapi: Record<number, object> = {
    1000: { atLeast: 1.4, stretch: 5 },
    5000: { atLeast: 2.3, stretch: 9 },
  };
  return [
    { figure, of: ours, to: bare, atLeast: 0.9 },
    { figure, of: ours, to: fastapi, ...(inFlight > 1 && toFastapi[size]) },
    { figure, of: ours, to: next },
    { figure: "CPU a delivery", of: ours, to: bare },
  ];
}
