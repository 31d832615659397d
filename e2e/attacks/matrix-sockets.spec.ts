import { randomUUID } from "node:crypto";
import type { z } from "zod";
import * as chat from "../../app/(chat)/contract";
import { A, expect, test } from "../fixtures";
import { clearAway } from "../openapi/care";
import { type Belongings, everythingOf, makeBelongings, strange } from "../support/belongings";
import {
  call,
  connected,
  type Guest,
  newGuest,
  newRoom,
  openSocket,
  type TestSocket,
} from "../support/guest";

type Event = keyof chat.ClientEvents;

/** The contract of each event, found by its name: one that is added is found, too. */
const payloads = Object.entries(chat).flatMap(([name, schema]) =>
  name.endsWith("Payload")
    ? [[name.replace(/Payload$/, "") as Event, schema as z.ZodObject] as const]
    : [],
);

/** A payload of each event that names a room. */
const naming: Record<Event, ((room: string) => object) | null> = {
  join: (room) => ({ room, after: 0 }),
  leave: (room) => ({ room }),
  send: (room) => ({ room, id: randomUUID(), text: "Let me in" }),
  typing: (room) => ({ room, typing: true }),
  measure: null,
};
/** The members of payloads: `room` names one, `id` is asked about below, the others name nothing. */
const known = ["room", "id", "after", "text", "typing"];

let owner: Guest;
let other: Guest;
let has: Belongings;
const sockets: TestSocket[] = [];

test.beforeAll(async () => {
  [owner, other] = [await newGuest("Owner"), await newGuest("Mallory")];
  has = await makeBelongings(owner);
});
test.afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
test.afterAll(() => clearAway(owner));

async function connect(guest: Guest): Promise<TestSocket> {
  const socket = openSocket(A, { token: guest.token });
  sockets.push(socket);
  expect(await connected(socket)).toBeNull();
  return socket;
}
const emit = (
  socket: TestSocket,
  event: Event,
  payload: object,
): Promise<Record<string, unknown>> => socket.timeout(10_000).emitWithAck(event, payload as never);

test("the matrix knows every event and every member of its payload", () => {
  expect(payloads.map(([event]) => event).sort()).toEqual(Object.keys(naming).sort());
  for (const [event, schema] of payloads) {
    const members = Object.keys(schema.shape);
    expect(
      members.filter((one) => !known.includes(one)),
      event,
    ).toEqual([]);
    expect(members.includes("room"), event).toBe(naming[event] !== null);
  }
});

test("a private room answers every event of another's socket as none would, and hears nothing", async () => {
  const heard: string[] = [];
  const listener = await connect(owner);
  const arrived = new Promise((resolve) => listener.once("presence", resolve));
  await emit(listener, "join", { room: has.room });
  await arrived;
  listener.onAny((event) => heard.push(event));
  const before = await everythingOf(owner, has);

  const socket = await connect(other);
  for (const [event] of payloads) {
    const payload = naming[event];
    if (!payload) continue;
    const theirs = await emit(socket, event, payload(has.room));
    expect(theirs, event).toEqual(await emit(socket, event, payload(strange("room", has.room))));
    expect(theirs.ok, event).toBe(event === "leave");
  }
  // What was told before this has come before its ack.
  await emit(listener, "measure", {});
  expect(heard).toEqual([]);
  expect(await everythingOf(owner, has)).toEqual(before);

  expect(
    await emit(listener, "send", { room: has.room, id: randomUUID(), text: "Here" }),
  ).toMatchObject({ ok: true });
  await expect.poll(() => heard).toContain("messages");
});

test("the id of another's message is a new one of one's own", async () => {
  const { name: room } = await newRoom(owner);
  const [mine, theirs] = [await connect(owner), await connect(other)];
  for (const socket of [mine, theirs]) await emit(socket, "join", { room });
  const id = randomUUID();
  const first = await emit(mine, "send", { room, id, text: "Mine" });
  expect(await emit(theirs, "send", { room, id, text: "Not mine" })).toMatchObject({
    ...{ ok: true, seq: Number(first.seq) + 1, repeated: false },
  });
  expect(await emit(mine, "send", { room, id, text: "Mine" })).toMatchObject({
    ...{ seq: first.seq, repeated: true },
  });
});

test("who has no session is refused by every namespace, whatever they ask for", async () => {
  for (const namespace of ["/chat", "/realtime"])
    for (const auth of [
      {},
      { token: "" },
      { run: has.run },
      { token: has.user },
      { userId: has.user },
    ]) {
      const socket = openSocket(A, auth, {}, namespace);
      sockets.push(socket);
      const refusal = await connected(socket);
      expect(refusal).toEqual({
        ...{ message: "unauthorized" },
        problem: expect.objectContaining({ status: 401, type: "/problems/unauthorized" }),
      });
    }
});

test("a realtime socket is sent the stream of its token, whatever its handshake names", async () => {
  const source = (action: object) =>
    call("/api/realtime/source", { guest: owner, method: "POST", body: JSON.stringify(action) });
  await source({ action: "start", rate: 50, payloadBytes: 32 });
  const head = async () =>
    (await (await call("/api/realtime/poll", { guest: owner })).json()).position;
  await expect.poll(head).toBeGreaterThan(0);
  await source({ action: "stop" });

  const socket = openSocket(A, { token: other.token, run: has.run }, {}, "/realtime");
  sockets.push(socket);
  const heard: unknown[] = [];
  socket.onAny((event, data) => heard.push([event, data]));
  expect(await connected(socket)).toBeNull();
  await expect.poll(() => heard.length).toBe(1);
  expect(heard).toEqual([["hello", { instance: "A" }]]);
});
