import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

/** One answer of a provider to one request. */
export interface Answer {
  /** 200 unless it is said. */
  status?: number;
  /** `text/event-stream` unless it is said. */
  type?: string;
  body: string;
  /** Breaks the connection instead of ending the answer. */
  cut?: boolean;
}

/** A frame of the stream, as most write it. */
export const frame = (data: unknown) =>
  `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
export const DONE = frame("[DONE]");

/** A chunk of a chat completion, as OpenAI has it; `more` stands beside its choices. */
export const chunk = (
  delta: object | null,
  finish_reason: string | null = null,
  more: object = {},
): string =>
  frame({
    ...{ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "m" },
    choices: [{ index: 0, delta, finish_reason }],
    ...more,
  });
export const text = (content: string) => chunk({ content });

/** A whole stream: what is given, the end of it, and [DONE]. */
export const stream = (...parts: string[]) => parts.join("") + DONE;

/** The last chunk of those who are asked for `include_usage`. */
export const usage = (prompt_tokens: number, completion_tokens: number, more: object = {}) =>
  frame({
    id: "chatcmpl-1",
    choices: [],
    usage: { prompt_tokens, completion_tokens, total_tokens: 0, ...more },
  });

/**
 * A provider on loopback: the answers of a question come one after the other, the last one again and again.
 * The question says which; `slices` is the bytes of one write, 0 for one write in all.
 */
export async function startProvider(answersTo: (question: string) => Answer[]) {
  const asked: { messages: { role: string; content: unknown }[]; [key: string]: unknown }[] = [];
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const parsed = JSON.parse(body);
    asked.push(parsed);
    const question = String(parsed.messages.find(({ role = "" }) => role === "user").content);
    const answers = answersTo(question);
    const count = counts.get(question) ?? 0;
    counts.set(question, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)] as Answer;
    await write(response, answer, Number(/slices of (\d+)/.exec(question)?.[1] ?? 0));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** The bodies of all requests, in order. */
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function write(response: ServerResponse, answer: Answer, slice: number): Promise<void> {
  const { status = 200, type = "text/event-stream", body, cut } = answer;
  response.writeHead(status, { "content-type": type, "retry-after-ms": "1" });
  const bytes = Buffer.from(body);
  if (slice === 0) response.write(bytes);
  else
    for (let from = 0; from < bytes.length; from += slice) {
      response.write(bytes.subarray(from, from + slice));
      await turn();
    }
  if (!cut) return void response.end();
  // What was written must arrive before the connection breaks.
  await new Promise((resolve) => response.write("", resolve));
  setTimeout(() => response.socket?.resetAndDestroy(), 30);
}
