import { randomUUID } from "node:crypto";
import { type Dialect, type Members, openMembers } from "../lab/load/chat-members.ts";
import { atRest, broadcast, fanOutUnits } from "../lab/load/fan-out.ts";
import { newGuests, post } from "../lab/load/guests.ts";
import { fitting } from "../lab/open-files.ts";
import type { Running, Stage } from "../lab/stage.ts";
import type { Suite } from "../suite.ts";

// One room. A message goes to everyone in it, its sender included. Ours is stored and acknowledged
// before it is sent on, and names its author; with the others it is only passed on.

const SIZES = [200, 1_000, 5_000];
const IN_FLIGHT = [1, 4];
/** A guest may have ten connections, and send five messages a second. */
const MAX_GUESTS = 1_000;
const [ours, socketIo, ws, fastapi] = ["Patternbook", "Socket.IO", "ws", "FastAPI"] as const;

interface Subject {
  name: string;
  optional?: boolean;
  server: Running;
  dialect(size: number): Promise<Dialect>;
}

const nobody = async (dialect: Omit<Dialect, "greetings">): Promise<Dialect> => ({
  ...dialect,
  greetings: () => [],
});
const engineIo = "/socket.io/?EIO=4&transport=websocket";

async function subjectsOf(stage: Stage): Promise<Subject[]> {
  const application = await stage.application({ SOCKETS_PER_ADDRESS: "100000" });
  const python = await stage.fastapi("chat");
  const plain: Omit<Dialect, "greetings"> = {
    path: (member) => `/ws/member-${member}?token=none`,
    engineIo: false,
    message: (text) => text,
  };
  return [
    { name: ours, server: application, dialect: (size) => roomOf(application, size) },
    {
      name: socketIo,
      server: await stage.peer("chat", { KIND: "socket.io" }),
      dialect: async () => ({
        path: () => engineIo,
        engineIo: true,
        greetings: () => [{ say: "40", hear: "40{" }],
        message: (text) => `42${JSON.stringify(["send", text])}`,
      }),
    },
    {
      ...{ name: ws, optional: true, server: await stage.peer("chat", { KIND: "ws" }) },
      dialect: () => nobody(plain),
    },
    ...(python ? [{ name: fastapi, server: python, dialect: () => nobody(plain) }] : []),
  ];
}

/** A new room, with guests of its own. */
async function roomOf({ base }: Running, size: number): Promise<Dialect> {
  const tokens = await newGuests(base, Math.min(size, MAX_GUESTS));
  const room = `bench-${Date.now()}`;
  await post(`${base}/api/chat/rooms`, { isPrivate: false, name: room }, tokens[0]);
  const join = JSON.stringify(["join", { room, after: 0 }]);
  return {
    path: () => engineIo,
    engineIo: true,
    greetings: (member) => [
      {
        say: `40/chat,${JSON.stringify({ token: tokens[member % tokens.length] })}`,
        hear: '42/chat,["hello"',
      },
      { say: `42/chat,1${join}`, hear: '43/chat,1[{"ok":true' },
    ],
    message: (text) => `42/chat,2${JSON.stringify(["send", { room, id: randomUUID(), text }])}`,
  };
}

export const suite: Suite = {
  name: "chat",
  what: "what it costs to have one message come to everyone in a room.",
  growth: IN_FLIGHT.map((inFlight) => ({
    ...{ figure: "CPU a delivery", sizes: "members", among: `${inFlight} in flight` },
    ...(inFlight === 1 && { bound: { of: ours, atMost: 1.4 } }),
  })),
  async run(stage, measure) {
    const subjects = await subjectsOf(stage);
    const deliveries = stage.quick ? 8_000 : 40_000;
    try {
      for (const size of stage.quick ? SIZES.slice(0, 2) : SIZES) {
        const rooms: (readonly [Subject, Members])[] = [];
        try {
          for (const subject of fitting(stage.absent, subjects, size)) {
            const { server, dialect } = subject;
            rooms.push([subject, await openMembers(server.base, await dialect(size), size)]);
            await atRest(server.pid);
          }
          const say = (
            [{ server }, { tally, send }]: readonly [Subject, Members],
            inFlight: number,
          ) =>
            broadcast(
              {
                ...{ pid: server.pid, tally },
                publish: (text) => send(next++ % size, text),
              },
              Math.max(Math.ceil(deliveries / size), 2 * inFlight),
              inFlight,
            );
          let next = 0;
          for (const room of rooms) await say(room, 1);
          for (const inFlight of IN_FLIGHT)
            await measure({
              name: `${size.toLocaleString("en")} members, ${inFlight} in flight`,
              size,
              units: fanOutUnits,
              subjects: Object.fromEntries(
                rooms.map((room) => [room[0].name, () => say(room, inFlight)]),
              ),
              ratios: ratiosOf(size, inFlight),
            });
        } finally {
          for (const [, members] of rooms) members.close();
        }
      }
    } finally {
      await Promise.all(subjects.map(({ server }) => server.stop()));
    }
  },
};

function ratiosOf(size: number, inFlight: number) {
  const figure = "deliveries a second";
  const many = inFlight > 1;
  return [
    { figure, of: ours, to: socketIo, atLeast: 0.9, ...(many && { stretch: 3 }) },
    { figure, of: ours, to: fastapi, ...(many ? { atLeast: 2.5 } : { atLeast: 1.4 }) },
    ...(size >= 1_000 ? [{ figure: "p50", of: ours, to: fastapi, atMost: 0.7 }] : []),
    { figure, of: ours, to: ws },
    { figure: "CPU a delivery", of: ours, to: socketIo },
  ];
}
