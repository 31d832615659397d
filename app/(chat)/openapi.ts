import { z } from "zod";
import { json } from "@/lib/openapi/content";
import { link, location } from "@/lib/openapi/headers";
import type { Operation } from "@/lib/openapi/operation";
import { invalidJson, invalidParameter, notFound, problem } from "@/lib/openapi/problems";
import {
  flooded,
  floodRequest,
  history,
  historyQuery,
  memberRequest,
  message,
  pulse,
  room,
  roomList,
  roomRequest,
  roomsQuery,
} from "./contract";

const tag = "Chat";
const params = z.object({ room: z.string() });

export const schemas = { Message: message, Room: room };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/chat/rooms",
    operationId: "listRooms",
    tag,
    summary: "List the rooms",
    description:
      "`pinned` are those that you always see, your own among them; `rooms` is a page of the public ones and the private ones that you are a member of, the newest first. `Link` rel=next leads to the older ones, and is missing at the end. A room that nobody has used for 30 days is taken away with its messages.",
    session: "required",
    query: roomsQuery,
    answers: {
      200: {
        description: "The rooms.",
        headers: { Link: link.optional() },
        content: json(roomList),
      },
    },
    problems: [invalidParameter],
  },
  {
    method: "post",
    path: "/api/chat/rooms",
    operationId: "makeRoom",
    tag,
    summary: "Make a room",
    description: "A public one by its name, or a private one by its title, whose name we make.",
    session: "required",
    body: json(roomRequest),
    answers: {
      200: { description: "It was there.", headers: { Location: location }, content: json(room) },
      201: { description: "It was made.", headers: { Location: location }, content: json(room) },
    },
    problems: [...invalidJson, problem(400, "reserved-name"), problem(429, "too-many-rooms")],
  },
  {
    method: "post",
    path: "/api/chat/rooms/{room}/members",
    operationId: "addMember",
    tag,
    summary: "Let a guest into a private room",
    description: "Adding somebody twice changes nothing.",
    session: "required",
    params,
    body: json(memberRequest),
    answers: { 204: { description: "That guest may now read and write here." } },
    problems: [...invalidJson, notFound, problem(409, "public-room"), problem(429, "room-full")],
  },
  {
    method: "get",
    path: "/api/chat/rooms/{room}/messages",
    operationId: "readMessages",
    tag,
    summary: "Read the history of a room",
    description:
      "The messages before a sequence number (without one: the last), the newest first. `Link` rel=next leads to the older ones, and is missing at the beginning.",
    session: "required",
    params,
    query: historyQuery,
    answers: {
      200: {
        description: "A page of the history.",
        headers: { Link: link.optional() },
        content: json(history),
      },
    },
    problems: [invalidParameter, notFound],
  },
  {
    method: "post",
    path: "/api/chat/rooms/{room}/flood",
    operationId: "floodRoom",
    tag,
    summary: "Flood a room of one's own",
    description:
      "Real messages, faster than anyone may send them, to see what becomes of a reader that stops. Only in the demo; elsewhere this address does not exist.",
    session: "required",
    params,
    body: json(floodRequest),
    answers: { 201: { description: "They are stored.", content: json(flooded) } },
    problems: [...invalidJson, notFound],
  },
  {
    method: "get",
    path: "/api/chat/pulse",
    operationId: "readChatPulse",
    tag,
    summary: "Say how the lobby is doing",
    description: "Messages ever stored in it, and the people in it now. For anyone.",
    session: "none",
    answers: { 200: { description: "The pulse.", content: json(pulse) } },
    problems: [],
  },
];
