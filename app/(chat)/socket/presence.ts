import type { Namespace } from "socket.io";
import { z } from "zod";
import { chatLimits, type Person, person } from "../contract";
import { createRoster, type Delta } from "./roster";

const BEAT_MS = 2_000;
const SILENCE_MS = 5_000;
/** Changes of a room within this time are told together. */
const GATHER_MS = 100;

const delta = z.object({
  version: z.number(),
  room: z.string(),
  userId: z.string(),
  name: z.string().nullable(),
});
const snapshot = z.object({
  version: z.number(),
  rooms: z.array(z.tuple([z.string(), z.array(person)])),
});
/** What instances tell each other, over the Socket.IO adapter. */
const word = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("delta"), from: z.string(), delta }),
  z.object({ kind: z.literal("snapshot"), from: z.string(), snapshot }),
  z.object({ kind: z.literal("beat"), from: z.string(), version: z.number() }),
  z.object({ kind: z.literal("ask"), from: z.string() }),
  z.object({ kind: z.literal("gone"), from: z.string() }),
]);
type Word = z.infer<typeof word>;

/**
 * Who is here, told to everyone in the room. Ephemeral: it lives in memory, and a restart asks the
 * other instances.
 *
 * @param self changes with every start of the process
 */
export function createPresence(namespace: Namespace, self: string) {
  const roster = createRoster(SILENCE_MS);
  const changed = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;

  const tell = (message: Word) => namespace.serverSideEmit("presence", message);

  function announce(rooms: Iterable<string>): void {
    for (const room of rooms) changed.add(room);
    if (changed.size > 0) gathering ??= setTimeout(flush, GATHER_MS);
  }

  function flush(): void {
    gathering = undefined;
    for (const room of changed)
      namespace.local.to(room).emit("presence", { room, ...inRoom(room) });
    changed.clear();
  }

  function inRoom(room: string): { people: Person[]; count: number } {
    const people = roster.people(room);
    return { people: people.slice(0, chatLimits.peopleNamed), count: people.length };
  }

  function publish(change: Delta | null): void {
    if (!change) return;
    tell({ kind: "delta", from: self, delta: change });
    announce([change.room]);
  }

  function hear(message: Word): void {
    const { from } = message;
    const now = Date.now();
    if (message.kind === "ask") tell({ kind: "snapshot", from: self, snapshot: roster.snapshot() });
    else if (message.kind === "gone") announce(roster.forget(from));
    else if (message.kind === "snapshot")
      announce(roster.applySnapshot(from, message.snapshot, now));
    else if (message.kind === "delta" && roster.applyDelta(from, message.delta, now))
      announce([message.delta.room]);
    else if (message.kind === "delta" || !roster.heard(from, message.version, now))
      tell({ kind: "ask", from: self });
  }

  namespace.on("presence", (raw: unknown) => {
    const parsed = word.safeParse(raw);
    if (parsed.success && parsed.data.from !== self) hear(parsed.data);
  });
  const beat = setInterval(() => {
    tell({ kind: "beat", from: self, version: roster.version() });
    for (const instance of roster.silent(Date.now())) announce(roster.forget(instance));
  }, BEAT_MS);
  beat.unref();
  tell({ kind: "ask", from: self });

  return {
    join: (room: string, who: Person) => publish(roster.join(room, who)),
    leave: (room: string, userId: string) => publish(roster.leave(room, userId)),
    inRoom,
    close(): void {
      clearInterval(beat);
      clearTimeout(gathering);
      tell({ kind: "gone", from: self });
    },
  };
}
