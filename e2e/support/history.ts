import type { Message } from "../../app/(chat)/contract";
import { expect } from "../fixtures";
import { call, type Guest } from "./guest";

/** Everything stored in a room, oldest first, read page by page along Link rel="next". */
export async function readHistory(guest: Guest, room: string, base?: string): Promise<Message[]> {
  const messages: Message[] = [];
  let next: string | undefined = `/api/chat/rooms/${room}/messages?limit=100`;
  while (next) {
    const response = await call(next, { guest, base });
    expect(response.status).toBe(200);
    messages.push(...((await response.json()) as { messages: Message[] }).messages);
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return messages.reverse();
}
