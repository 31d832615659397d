import { type Connection, createConnection } from "../../app/(chat)/chat/client/connection";
import type { Guest } from "./guest";

/** A member of a room: the page's own client, driven from Node. */
export function openMember(base: string, guest: Guest, room: string): Connection {
  const member = createConnection({
    url: base,
    token: guest.token,
    room,
    ensureSession: async () => {},
  });
  void member.open();
  return member;
}
