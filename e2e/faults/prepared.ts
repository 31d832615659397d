import type { Operation } from "../../lib/openapi/operation";
import type { ParsedEvent } from "../../lib/sse-parser";
import { expect } from "../fixtures";
import { seedsFor } from "../openapi/care";
import { type Guest, newGuest, newRoom } from "../support/guest";
import { openMember } from "../support/member";
import { openEvents, publish } from "../support/sse";
import { needy, send } from "./requests";

// What is prepared while the database is well, to be used while it is not.

/** A request to the address of something that its guest has. */
export async function prepare(
  base: string,
  { operationId, method, path }: Pick<Operation, "operationId" | "method" | "path">,
) {
  const { params, ...request } = needy[operationId] ?? {};
  const guest: Guest = { ...(await newGuest("Cut off")), base };
  const known: Record<string, string> = { ...(await seedsFor(method, path, guest)), ...params };
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name) => known[name] ?? `none-${name}`);
  return { operationId, ask: () => send(guest, method, at, request) };
}

/** A stream and a socket that are open when it happens. */
export async function openReaders(base: string) {
  const guest = await newGuest("Looking on");
  const room = (await newRoom(guest)).name;
  const member = openMember(base, guest, room);
  await expect.poll(() => member.state().status).toBe("joined");
  member.send("before");
  await expect.poll(() => member.state().messages.length).toBe(1);
  await publish(guest, "before");
  const stream = await openEvents(guest, { base, lastEventId: "0" });
  await expect.poll(() => stream.events.at(-1)?.event).toBe("live");
  return { guest, room, member, stream };
}

export const payloadOf = ({ data }: ParsedEvent) => JSON.parse(data).payload;
