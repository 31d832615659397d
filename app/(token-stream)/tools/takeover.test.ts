import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { createCompletion } from "../completion/create";
import { type CompletionEntry, lengthOf, parseEntry, streamOf } from "../completion/entries";
import { producers, startProducer } from "../completion/producer";
import { partsOf } from "../completion/written";
import { chunk, DONE } from "../provider/habits.fixture";

interface Message {
  role: string;
  content: string | null;
  tool_calls?: { id: string }[];
  tool_call_id?: string;
}

const before = "I look twice. ";
const after = "Here is what the documents say, at some length.";

/** A model that reasons, looks up two things, and then answers; a beginning of its own it continues. */
const provider = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  const messages: Message[] = JSON.parse(body).messages;
  response.writeHead(200, { "content-type": "text/event-stream" });
  const begun = messages.at(-1)?.role === "assistant" ? (messages.at(-1)?.content ?? "") : "";
  if (messages.some(({ role }) => role === "tool")) await say(response, after.slice(begun.length));
  else {
    if (!begun) response.write(chunk({ reasoning_content: "Hm. " }));
    await say(response, before.slice(begun.length));
    for (const [index, query] of ["log", "resume"].entries()) {
      const call = { name: "search_documents", arguments: JSON.stringify({ query }) };
      response.write(chunk({ tool_calls: [{ index, id: `c${index}`, function: call }] }));
      await delay(5);
    }
    response.write(chunk({}, "tool_calls"));
    response.end(DONE);
    return;
  }
  response.write(chunk({}, "stop"));
  response.end(DONE);
});

async function say(response: ServerResponse, text: string): Promise<void> {
  for (const content of text.match(/.{1,5}/g) ?? []) {
    response.write(chunk({ content }));
    await delay(3);
  }
}

beforeAll(async () => {
  await once(provider.listen(0, "127.0.0.1"), "listening");
  process.env.OPENAI_BASE_URL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  process.env.LOG_LEVEL = "silent";
});
afterAll(async () => {
  provider.close();
  log().close();
  await bus().close();
  await pool().end();
});

async function entriesOf(id: string): Promise<CompletionEntry[]> {
  const { entries } = await log().read(streamOf(id), 0, 1_000);
  return entries.map(parseEntry);
}

it("an answer with tools is the same, however often and wherever its producers die", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(60), { maxLength: 4 }), async (pauses) => {
      const row = await createCompletion({
        ...{ userId: randomUUID(), address: randomUUID(), chatId: null },
        messages: [{ role: "user", content: "Look it up." }],
      });
      let epoch = 1;
      for (const pause of pauses) {
        await delay(pause);
        // The one before neither writes nor ends; the next one does not wait for it.
        producers().get(row.id)?.order("lost");
        await takeOver();
      }
      // One that was overtaken by what the one before had still under way ends; another takes over.
      for (;;) {
        await producers().get(row.id)?.over;
        if ((await entriesOf(row.id)).at(-1)?.type === "end") break;
        await takeOver();
      }
      const entries = await entriesOf(row.id);
      async function takeOver(): Promise<void> {
        await pool().query("UPDATE completion SET epoch = $2 WHERE id = $1", [row.id, ++epoch]);
        startProducer({ ...row, epoch });
      }

      let place = 0;
      for (const entry of entries) {
        if (!("offset" in entry)) continue;
        expect(entry.offset).toBe(place);
        if (entry.type !== "end") place += lengthOf(entry);
      }
      expect(entries.at(-1)).toMatchObject({ type: "end", status: "done", reason: "stop" });
      const parts = partsOf(entries).filter(({ type }) => type !== "reasoning");
      const texts = parts.map((part) => (part.type === "text" ? part.text : ""));
      expect(texts.join("")).toBe(before + after);
      const tools = parts.filter(({ type }) => type === "tool");
      expect(tools).toMatchObject([
        { id: "call-1", input: { query: "log" }, output: { passages: expect.any(Array) } },
        { id: "call-2", input: { query: "resume" }, output: { passages: expect.any(Array) } },
      ]);
      const { rows } = await pool().query(
        "SELECT call_id, output FROM tool_run WHERE completion_id = $1 ORDER BY call_id",
        [row.id],
      );
      expect(rows.map(({ call_id }) => call_id)).toEqual(["call-1", "call-2"]);
    }),
    { numRuns: 25 },
  );
});
