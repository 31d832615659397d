import { type Reply, Status, toText } from "./engine.ts";

export type Json = string | number | null | Json[];

/** A reply as JSON. With base64 every string is encoded, at any depth; numbers and null are not. */
export function encode(reply: Reply, base64: boolean): Json {
  if (Array.isArray(reply)) return reply.map((item) => encode(item, base64));
  if (reply instanceof Status) return encode(reply.text, base64);
  if (typeof reply !== "string") return reply;
  return base64 ? Buffer.from(reply, "latin1").toString("base64") : toText(reply);
}
