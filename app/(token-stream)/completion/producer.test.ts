import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { lifecycle } from "@/lib/lifecycle";
import { log } from "@/lib/log";
import { completionLimits } from "../contract";
import { createCompletion } from "./create";
import { appendEntry, streamOf, type TokensEntry } from "./entries";
import { producers, startProducer } from "./producer";
import { type CompletionRow, findRow } from "./rows";
import { serveCompletions } from "./serve";
import { readWritten } from "./written";

const words = Array.from({ length: 60 }, (_, n) => `w${n} `);
const whole = words.join("");
let aborted = 0;
/** What it was asked. */
const asked: { max_tokens?: number; messages: { role: string; content: string }[] }[] = [];

/** A model that knows one text, and goes on where the assistant's message ends. */
const provider = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  const { messages } = JSON.parse(body);
  asked.push(JSON.parse(body));
  const last = messages.at(-1);
  const strange = strangely[messages[0].content];
  if (strange) return strange(response.writeHead(200, { "content-type": "text/event-stream" }));
  let rest = whole.slice(last.role === "assistant" ? last.content.length : 0);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.once("close", () => !response.writableFinished && aborted++);
  while (rest && !response.destroyed) {
    send(response, { delta: { content: rest.slice(0, 4) }, finish_reason: null });
    rest = rest.slice(4);
    await delay(8);
  }
  send(response, { delta: {}, finish_reason: "stop" });
  response.end("data: [DONE]\n\n");
});
const send = (response: ServerResponse, choice: object) =>
  response.write(
    `data: ${JSON.stringify({ id: "1", created: 1, model: "m", choices: [{ index: 0, ...choice }] })}\n\n`,
  );

/** What the provider does that is asked this, instead of saying its text. */
const strangely: Record<string, (response: ServerResponse) => void> = {
  "Say 40 pieces of 1 MiB.": (response) => {
    for (let n = 0; n < 40; n++)
      send(response, { delta: { content: "é\u{1F989}x".repeat(150_000) }, finish_reason: null });
    response.end("data: [DONE]\n\n");
  },
  "Never end the line.": (response) => {
    response.write('data: {"choices":[{"delta":{"content":"');
    const more = setInterval(() => response.write("a".repeat(1024 * 1024)), 1);
    response.once("close", () => clearInterval(more));
  },
};
let handOver: () => Promise<void>;
beforeAll(async () => {
  await once(provider.listen(0, "127.0.0.1"), "listening");
  process.env.OPENAI_BASE_URL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  process.env.LOG_LEVEL = "silent";
  lifecycle().phase = "ready";
  handOver = serveCompletions();
});
afterAll(async () => {
  await handOver();
  provider.close();
  log().close();
  await bus().close();
  await pool().end();
});

const ask = (userId: string = randomUUID(), content = "Say it.") =>
  createCompletion({
    userId,
    address: randomUUID(),
    chatId: null,
    messages: [{ role: "user", content }],
  });

/** Its entries, checked to be one chain: each begins where the one before ended. */
async function chainOf(id: string) {
  const { entries } = await log().read(streamOf(id), 0, 1_000);
  let place = 0;
  const chain = entries.filter(({ type }) => type === "tokens" || type === "end");
  for (const { data } of chain) {
    const { offset, text = "" } = data as Partial<TokensEntry>;
    expect(offset).toBe(place);
    place += text.length;
  }
  expect(chain.slice(0, -1).every(({ type }) => type === "tokens")).toBe(true);
  return chain;
}

describe("the chain", () => {
  it("takes each place once, whoever writes and however stale it is", async () => {
    const step = fc.record({
      who: fc.nat(2),
      act: fc.constantFrom("look", "write", "write", "end"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const id = randomUUID();
        const views = [0, 1, 2].map(() => ({ text: "", fenced: false }));
        for (const { who, act } of steps) {
          const view = views[who] as { text: string; fenced: boolean };
          const offset = view.text.length;
          const epoch = who + 1;
          if (act === "look") {
            const { text, end } = await readWritten(id);
            Object.assign(view, { text, fenced: end !== null });
          } else if (view.fenced) continue;
          else if (act === "write") {
            const text = `${who}:${offset} `;
            view.fenced = !(await appendEntry(id, {
              type: "tokens",
              text,
              offset,
              count: 1,
              epoch,
            }));
            view.text += text;
          } else {
            const rest = { status: "done", reason: "stop", usage: null, failure: null } as const;
            await appendEntry(id, { type: "end", offset, epoch, ...rest });
            view.fenced = true;
          }
        }
        await chainOf(id);
      }),
      { numRuns: 25 },
    );
  });

  it("knows its own repetition from another's entry", async () => {
    const id = randomUUID();
    const entry = { type: "tokens", text: "a", offset: 0, count: 1, epoch: 1 } as const;
    expect(await appendEntry(id, entry)).toBe(true);
    expect(await appendEntry(id, entry)).toBe(true);
    expect(await appendEntry(id, { ...entry, epoch: 2 })).toBe(false);
    expect((await readWritten(id)).text).toBe("a");
  });
});

describe("a producer", () => {
  it("needs no reader, and its end is in the row", async () => {
    const { id, userId } = await ask();
    await producers().get(id)?.over;
    expect((await readWritten(id)).text).toBe(whole);
    expect((await findRow(id, userId))?.status).toBe("done");
    await chainOf(id);
  });

  it("writes one text where two believe that they are the one", async () => {
    for (const pause of [40, 120, 200]) {
      const row = await ask();
      const first = producers().get(row.id);
      await delay(pause);
      // As a takeover would, while the first is alive and does not know.
      const { rows } = await pool().query(
        "UPDATE completion SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch",
        [row.id],
      );
      const second = startProducer({ ...row, epoch: rows[0].epoch });
      await Promise.all([first?.over, second.over]);
      await expect
        .poll(async () => (await findRow(row.id, row.userId))?.status, { timeout: 10_000 })
        .toBe("done");
      expect((await readWritten(row.id)).text).toBe(whole);
      await chainOf(row.id);
    }
  });

  it("is replaced when its lease runs out, and the text is the same", async () => {
    const row = await ask();
    await delay(100);
    // A process that has stopped: it neither writes nor renews.
    producers().get(row.id)?.order("lost");
    await producers().get(row.id)?.over;
    await pool().query("UPDATE completion SET lease_owner = 'dead' WHERE id = $1", [row.id]);
    const state = (): Promise<CompletionRow | undefined> => findRow(row.id, row.userId);
    await expect.poll(async () => (await state())?.status, { timeout: 8_000 }).toBe("done");
    expect(await state()).toMatchObject({ epoch: 2 });
    expect((await readWritten(row.id)).text).toBe(whole);
  });

  it("ends at a stop within a second, upstream too, and keeps what came", async () => {
    const row = await ask();
    await delay(100);
    const before = aborted;
    await bus().publish("completions", `stop ${row.id}`);
    await expect.poll(() => aborted, { timeout: 1_000 }).toBe(before + 1);
    await producers().get(row.id)?.over;
    const { text, end } = await readWritten(row.id);
    expect(end).toMatchObject({ status: "stopped" });
    expect(text.length).toBeGreaterThan(0);
    expect(whole.startsWith(text)).toBe(true);
  });
});

describe("the limits", () => {
  /** A completion of an earlier process, which is known to have come this far. */
  async function tired(tokens: number, changes: Partial<CompletionRow> = {}) {
    const row = await ask();
    producers().get(row.id)?.order("lost");
    await producers().get(row.id)?.over;
    const { text: before } = await readWritten(row.id);
    const rest = { text: "w0 ".slice(before.length), offset: before.length, epoch: row.epoch };
    if (before.length < 3) await appendEntry(row.id, { type: "tokens", count: tokens, ...rest });
    await pool().query("UPDATE completion SET epoch = 2 WHERE id = $1", [row.id]);
    await startProducer({ ...row, epoch: 2, ...changes }).over;
    return readWritten(row.id);
  }

  it("asks for no more tokens than are left, and takes no more where the provider gives them", async () => {
    const left = 5;
    const before = asked.length;
    const { text, end, tokens } = await tired(completionLimits.outputTokens - left);
    // The other request is that of the process before, which may come late.
    expect(asked.slice(before).map(({ max_tokens }) => max_tokens)).toContain(left);
    expect(end).toMatchObject({ status: "done", reason: "length" });
    expect(tokens).toBe(completionLimits.outputTokens);
    expect(end?.usage?.outputTokens).toBe(completionLimits.outputTokens);
    expect(whole.startsWith(text)).toBe(true);
  });

  it("keeps no more bytes of an answer than its limit, in however few pieces they come", async () => {
    const { id } = await ask(randomUUID(), "Say 40 pieces of 1 MiB.");
    await producers().get(id)?.over;
    const { text, end, tokens } = await readWritten(id);
    expect(end).toMatchObject({ status: "done", reason: "length" });
    expect(tokens).toBe(1);
    // Seven bytes each time: the last one is not there whole, and no character is cut.
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(completionLimits.answerBytes);
    expect(Buffer.byteLength(text)).toBeGreaterThan(completionLimits.answerBytes - 4);
    expect("é\u{1F989}x".repeat(10_000).startsWith(text)).toBe(true);
  });

  it("counts the bytes that are there already, where another process goes on", async () => {
    const row = await ask(randomUUID(), "Say 40 pieces of 1 MiB.");
    producers().get(row.id)?.order("lost");
    await producers().get(row.id)?.over;
    const { text: before, end } = await readWritten(row.id);
    if (!end) {
      const full = {
        text: "a".repeat(completionLimits.answerBytes - before.length - 10),
        count: 1,
      };
      await appendEntry(row.id, {
        type: "tokens",
        ...full,
        offset: before.length,
        epoch: row.epoch,
      });
      await pool().query("UPDATE completion SET epoch = 2 WHERE id = $1", [row.id]);
      await startProducer({ ...row, epoch: 2 }).over;
    }
    const written = await readWritten(row.id);
    expect(written.end).toMatchObject({ status: "done", reason: "length" });
    expect(Buffer.byteLength(written.text)).toBeLessThanOrEqual(completionLimits.answerBytes);
  });

  it("leaves a provider that sends without end and says nothing", async () => {
    const before = process.memoryUsage().rss;
    const { id } = await ask(randomUUID(), "Never end the line.");
    await producers().get(id)?.over;
    const { end, text } = await readWritten(id);
    expect(text).toBe("");
    expect(end).toMatchObject({
      status: "failed",
      failure: { type: "/problems/provider-too-large", status: 502 },
    });
    // The line is held once or twice on its way; 16 MiB of it.
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it("asks nothing where none are left", async () => {
    const before = asked.length;
    const { end } = await tired(completionLimits.outputTokens);
    expect(end).toMatchObject({ status: "done", reason: "length" });
    // The one request is that of the process before.
    expect(asked.length - before).toBeLessThanOrEqual(1);
  });

  it("ends what takes longer than the time limit, and keeps what came", async () => {
    const createdAt = new Date(Date.now() - completionLimits.totalMs + 100);
    const { text, end } = await tired(1, { createdAt });
    expect(end).toMatchObject({ status: "failed", failure: { type: "/problems/time-limit" } });
    expect(text.startsWith("w0 ")).toBe(true);
    expect(whole.startsWith(text)).toBe(true);
  });

  it("gives up on what has outlived twenty producers", async () => {
    const { end } = await tired(1, { epoch: 21 });
    expect(end).toMatchObject({ status: "failed", failure: { type: "/problems/abandoned" } });
  });

  it("lets three of four run that come together", async () => {
    const userId = randomUUID();
    const asked = await Promise.allSettled([1, 2, 3, 4].map(() => ask(userId)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    const refused = asked.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ status: 429, slug: "too-many-completions" });
    await Promise.all([...producers().values()].map(({ over }) => over));
  });

  it("refuses when the day's tokens are spent, and says until when", async () => {
    const row = await ask();
    await producers().get(row.id)?.over;
    await pool().query("UPDATE completion SET tokens = 200000 WHERE id = $1", [row.id]);
    const refused = await ask(row.userId).catch((error) => error);
    expect(refused).toMatchObject({ status: 429, slug: "token-budget-spent" });
    const seconds = Number(new Headers(refused.extra.headers).get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    await pool().query(
      "UPDATE completion SET created_at = now() - interval '25 hours' WHERE id = $1",
      [row.id],
    );
    await producers().get((await ask(row.userId)).id)?.over;
  });
});
