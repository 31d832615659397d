import type { OutgoingHttpHeaders } from "node:http";
import type { SharedAnswer } from "@/lib/shared-answer";

/** What all who are given an answer are sent alike: the end of its head, and its body. */
interface Rest {
  text: string;
  encoding: "latin1" | "utf8";
}

let last: { answer: SharedAnswer; common: object | null; rest: Rest } | undefined;

/**
 * A shared answer as it goes over the wire. Each has headers of its own, the own ones of `house`;
 * the rest is put together once for all who are given it.
 */
export function wholeAnswer(answer: SharedAnswer, house: OutgoingHttpHeaders, keepAliveMs: number) {
  const common = Object.getPrototypeOf(house);
  if (last?.answer !== answer || last.common !== common)
    last = { answer, common, rest: restOf(answer, house, common ?? {}, keepAliveMs) };
  let own = "HTTP/1.1 200 OK\r\n";
  for (const name of Object.keys(house)) own += `${name}: ${house[name]}\r\n`;
  const { text, encoding } = last.rest;
  return { text: own + text, encoding };
}

function restOf(
  { headers, body }: SharedAnswer,
  house: OutgoingHttpHeaders,
  common: OutgoingHttpHeaders,
  keepAliveMs: number,
): Rest {
  const bytes = Buffer.byteLength(body);
  const lines = [
    ...Object.entries(common),
    ...Object.entries(headers).filter(([name]) => !(name in house)),
    ["Date", new Date().toUTCString()],
    ["Connection", "keep-alive"],
    ["Keep-Alive", `timeout=${Math.floor(keepAliveMs / 1_000)}`],
    ["content-length", bytes],
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    text: `${lines.join("")}\r\n${body}`,
    encoding: bytes === body.length ? "latin1" : "utf8",
  };
}
