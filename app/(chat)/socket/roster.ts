import type { Person } from "../contract";

/** One change of one instance's people: somebody came to a room (`name`) or left it (null). */
export interface Delta {
  version: number;
  room: string;
  userId: string;
  name: string | null;
}

/** All people of one instance, by room. */
export interface Snapshot {
  version: number;
  rooms: [room: string, people: Person[]][];
}

interface Remote {
  version: number;
  heardAt: number;
  rooms: Map<string, Map<string, string>>;
}

/**
 * Who is in which room, across instances. Each instance counts its own sockets and tells the others
 * what changes; each change has a number, so that one that was lost is noticed and the whole is
 * asked for. An instance that falls silent takes its people with it.
 */
export function createRoster(silenceMs: number) {
  const local = new Map<string, Map<string, { name: string; sockets: number }>>();
  const remotes = new Map<string, Remote>();
  let version = 0;

  return {
    /** A socket of this instance came. Null when the person was in the room already (another tab). */
    join(room: string, { userId, name }: Person): Delta | null {
      const people = local.get(room) ?? new Map();
      local.set(room, people);
      const here = people.get(userId);
      people.set(userId, { name, sockets: (here?.sockets ?? 0) + 1 });
      return here && here.name === name ? null : { version: ++version, room, userId, name };
    },

    /** A socket of this instance left. Null when the person has others here. */
    leave(room: string, userId: string): Delta | null {
      const people = local.get(room);
      const here = people?.get(userId);
      if (!people || !here) return null;
      here.sockets--;
      if (here.sockets > 0) return null;
      people.delete(userId);
      if (people.size === 0) local.delete(room);
      return { version: ++version, room, userId, name: null };
    },

    version: () => version,

    snapshot: (): Snapshot => ({
      version,
      rooms: [...local].map(([room, people]) => [
        room,
        [...people].map(([userId, { name }]) => ({ userId, name })),
      ]),
    }),

    /** A change of another instance. False when one before it is missing: ask for the whole. */
    applyDelta(instance: string, delta: Delta, now: number): boolean {
      const remote = remotes.get(instance);
      if (!remote || delta.version !== remote.version + 1) return false;
      remote.version = delta.version;
      remote.heardAt = now;
      const people = remote.rooms.get(delta.room) ?? new Map();
      if (delta.name === null) people.delete(delta.userId);
      else people.set(delta.userId, delta.name);
      if (people.size > 0) remote.rooms.set(delta.room, people);
      else remote.rooms.delete(delta.room);
      return true;
    },

    /** The whole of another instance. Answers the rooms whose people may have changed. */
    applySnapshot(instance: string, snapshot: Snapshot, now: number): Set<string> {
      const before = remotes.get(instance)?.rooms.keys() ?? [];
      const rooms = new Map(
        snapshot.rooms.map(([room, people]) => [
          room,
          new Map(people.map(({ userId, name }) => [userId, name])),
        ]),
      );
      remotes.set(instance, { version: snapshot.version, heardAt: now, rooms });
      return new Set([...before, ...rooms.keys()]);
    },

    /** Another instance is alive, at this version. False when ours of it is another. */
    heard(instance: string, at: number, now: number): boolean {
      const remote = remotes.get(instance);
      if (remote) remote.heardAt = now;
      return remote?.version === at;
    },

    /** An instance ended, or has been silent too long. Answers the rooms it was in. */
    forget(instance: string): Set<string> {
      const rooms = new Set(remotes.get(instance)?.rooms.keys());
      remotes.delete(instance);
      return rooms;
    },
    silent: (now: number) =>
      [...remotes].filter(([, { heardAt }]) => now - heardAt > silenceMs).map(([name]) => name),

    /** Everyone in a room, each once, in the order of names. */
    people(room: string): Person[] {
      const merged = new Map<string, string>();
      for (const { rooms } of remotes.values())
        for (const [userId, name] of rooms.get(room) ?? []) merged.set(userId, name);
      for (const [userId, { name }] of local.get(room) ?? []) merged.set(userId, name);
      return [...merged]
        .map(([userId, name]) => ({ userId, name }))
        .sort((a, b) => a.name.localeCompare(b.name) || (a.userId < b.userId ? -1 : 1));
    },
  };
}
