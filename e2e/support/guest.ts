import { io, type Socket } from "socket.io-client";
import type { ClientEvents, Room, ServerEvents } from "../../app/(chat)/contract";
import { A, expect } from "../fixtures";

/** A guest with a bearer token: a program, as opposed to a browser. */
export interface Guest {
  userId: string;
  name: string;
  token: string;
  /** The instance to call; A where none is named. */
  base?: string;
}

/** Calls the API as a guest, or as nobody. */
export function call(path: string, init: RequestInit & { guest?: Guest; base?: string } = {}) {
  const { guest, base = guest?.base ?? A, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (guest) headers.set("authorization", `Bearer ${guest.token}`);
  if (rest.body && !headers.has("content-type")) headers.set("content-type", "application/json");
  return fetch(new URL(path, base), { ...rest, headers });
}

export async function newGuest(name = "Test Guest", base = A): Promise<Guest> {
  const body = JSON.stringify({ name, bearer: true });
  const response = await call("/api/session", { method: "POST", body, base });
  expect(response.status).toBe(201);
  return (await response.json()) as Guest;
}

let count = 0;
/** A public room that only this test knows. */
export async function newRoom(guest: Guest, title = "Test room"): Promise<Room> {
  const name = `t${process.pid}x${Date.now().toString(36)}x${count++}`;
  const body = JSON.stringify({ isPrivate: false, name, title });
  const response = await call("/api/chat/rooms", { method: "POST", guest, body });
  expect(response.status).toBe(201);
  return (await response.json()) as Room;
}

export type TestSocket = Socket<ServerEvents, ClientEvents>;

/** A bare socket, of /chat where no other is named; the test ends it. */
export function openSocket(
  base: string,
  auth: object,
  options: object = {},
  namespace = "/chat",
): TestSocket {
  return io(`${base}${namespace}`, {
    auth,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    ...options,
  });
}

/** Resolves when connected, with the problem object when refused. */
export function connected(
  socket: TestSocket,
): Promise<{ problem: unknown; message: string } | null> {
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(null));
    socket.once("connect_error", (error) =>
      resolve({ problem: (error as { data?: unknown }).data, message: error.message }),
    );
  });
}
