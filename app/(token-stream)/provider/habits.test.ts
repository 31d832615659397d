import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bus } from "@/lib/bus";
import { pool } from "@/lib/db/pool";
import { log } from "@/lib/log";
import { createCompletion } from "../completion/create";
import type { CompletionEntry, EndEntry } from "../completion/entries";
import { parseEntry, streamOf } from "../completion/entries";
import { producers } from "../completion/producer";
import { startProvider } from "./habits.fixture";
import { type Habit, habits } from "./habits.table";

const rowOf = (question: string): Habit => {
  const name = question.replace(/ \[slices of \d+\]$/, "");
  const found = habits.find((habit) => habit.name === name);
  if (!found) throw new Error(`no such row: ${name}`);
  return found;
};

let provider: Awaited<ReturnType<typeof startProvider>>;
beforeAll(async () => {
  provider = await startProvider((question) => rowOf(question).answers);
  process.env.OPENAI_BASE_URL = provider.url;
  process.env.LOG_LEVEL = "silent";
});
afterAll(async () => {
  provider.close();
  log().close();
  await bus().close();
  await pool().end();
});

async function answerTo(content: string): Promise<CompletionEntry[]> {
  const { id } = await createCompletion({
    ...{ userId: randomUUID(), address: randomUUID(), chatId: null },
    messages: [{ role: "user", content }],
  });
  await producers().get(id)?.over;
  const { entries } = await log().read(streamOf(id), 0, 1_000);
  return entries.map(parseEntry);
}

/** Streams of so many bytes that slices of them take longer than a producer's lease. */
const isLong = (name: string) => rowOf(name).answers.some(({ body }) => body.length > 100_000);

/** Runs of text and reasoning in one, and the rest as the table writes it. */
function told(entries: CompletionEntry[]): unknown[] {
  const all: [string, ...unknown[]][] = [];
  for (const entry of entries) {
    const last = all.at(-1);
    if (entry.type === "tokens" || entry.type === "reasoning") {
      if (last?.[0] === entry.type) last[1] += entry.text;
      else all.push([entry.type, entry.text]);
    } else if (entry.type === "tool-call") all.push(["tool-call", entry.name, entry.input]);
    else if (entry.type === "tool-result")
      all.push(["tool-result", entry.error === undefined ? "output" : "error"]);
    else if (entry.type === "source") all.push(["source", entry.url, entry.title]);
  }
  return all;
}

describe("what providers send", () => {
  it("has each habit once", () => {
    expect(new Set(habits.map(({ name }) => name)).size).toBe(habits.length);
  });

  it.concurrent.each(habits)("$name", async ({ name, entries, end }) => {
    // In one piece, and in slices that cut lines and characters anywhere.
    for (const slices of isLong(name) ? [""] : ["", " [slices of 7]", " [slices of 1]"]) {
      const stored = await answerTo(`${name}${slices}`);
      expect(told(stored)).toEqual(entries);
      const { status, reason, usage, failure } = stored.at(-1) as EndEntry;
      expect({ status, reason, usage, problem: failure?.type }).toEqual({
        status: end.problem ? "failed" : "done",
        reason: end.problem ? "error" : end.reason,
        usage: end.problem ? null : (end.usage ?? expect.anything()),
        problem: end.problem && `/problems/${end.problem}`,
      });
    }
  });
});
