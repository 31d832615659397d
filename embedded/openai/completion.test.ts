import fc from "fast-check";
import { expect, test } from "vitest";
import { complete, remaining } from "./completion.ts";
import { dueTimes, paced } from "./pace.ts";
import { tokenize, tokensFrom } from "./tokens.ts";

const any = fc.string({ unit: "binary", maxLength: 200 });
const prose = fc.array(fc.constantFrom("a", "word ", "\n\n", "naïve", "🙂", " — ", "x".repeat(30)));
const text = fc.oneof(
  any,
  prose.map((parts) => parts.join("")),
);
const cutText = text.chain((full) =>
  fc.tuple(fc.constant(full), fc.integer({ min: 0, max: full.length })),
);

test("tokens joined are the text", () => {
  fc.assert(
    fc.property(text, (full) => {
      expect(tokenize(full).join("")).toBe(full);
      expect(tokenize(full)).not.toContain("");
    }),
  );
});

test("tokens from a position on are the rest of the text", () => {
  fc.assert(
    fc.property(cutText, ([full, cut]) => {
      expect(tokensFrom(full, cut).join("")).toBe(full.slice(cut));
    }),
  );
});

test("an answer cut after some token goes on with the same tokens", () => {
  fc.assert(
    fc.property(text, fc.nat(50), (full, n) => {
      const all = tokenize(full);
      const begun = all.slice(0, n).join("");
      expect(tokensFrom(full, begun.length)).toEqual(all.slice(n));
    }),
  );
});

test("a beginning of something else is followed by the whole answer, once, however often it is cut", () => {
  const nonempty = text.filter((full) => full.length > 0);
  fc.assert(
    fc.property(nonempty, any, fc.nat(), (full, foreign, n) => {
      fc.pre(!full.startsWith(foreign));
      const end = remaining(full, foreign).join("");
      const whole = foreign + end;
      expect(whole.endsWith(`\n\n${full}`)).toBe(true);
      const cut = foreign.length + (n % (end.length + 1));
      const begun = whole.slice(0, cut);
      fc.pre(!full.startsWith(begun));
      expect((begun + remaining(full, begun).join("")).endsWith(`\n\n${full}`)).toBe(true);
    }),
  );
});

test("a beginning of something else is kept apart from the answer", () => {
  const go = (begun: string) => remaining("The answer.", begun).join("");
  expect(go("Something")).toBe("\n\nThe answer.");
  expect(go("Something\n")).toBe("\nThe answer.");
  expect(go("Something\n\nThe ans")).toBe("wer.");
  expect(go("Something\n\nThe answer.")).toBe("");
  expect(go("The answer. And more.")).toBe("\n\nThe answer.");
});

test("the limit counts the tokens of this part alone", () => {
  const messages = [
    { role: "user", text: "why" },
    { role: "assistant", text: "one " },
  ];
  const answer = (seen: readonly unknown[]) => ({
    ...{ reasoning: "Hm.", text: seen.length === 1 ? "one two three" : "wrong" },
  });
  expect(complete(answer, messages, { maxTokens: 1, reasons: true })).toEqual({
    tokens: [{ kind: "content", text: "two " }],
    tool: undefined,
    finishReason: "length",
    usage: {
      ...{ prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  });
  expect(complete(answer, messages, { maxTokens: 2 }).finishReason).toBe("stop");
});

test("reasoning, then a call or a text: any limit cuts the same tokens, and says so", () => {
  const question = [{ role: "user", text: "why" }];
  fc.assert(
    fc.property(text, text, fc.boolean(), fc.nat(60), (reasoning, said, canCall, maxTokens) => {
      const answer = (_: unknown, canSearch = false) =>
        canSearch ? { reasoning, query: said, text: "" } : { reasoning, text: said };
      const options = { reasons: true, tool: canCall ? "search" : undefined };
      const whole = complete(answer, question, { maxTokens: Number.POSITIVE_INFINITY, ...options });
      const cut = complete(answer, question, { maxTokens, ...options });
      expect(cut.tokens).toEqual(whole.tokens.slice(0, maxTokens));
      const isCut = whole.tokens.length > maxTokens;
      expect(cut.finishReason).toBe(isCut ? "length" : canCall ? "tool_calls" : "stop");
      const of = (kind: string) => whole.tokens.filter((token) => token.kind === kind);
      const joined = (kind: string) =>
        of(kind)
          .map((token) => token.text)
          .join("");
      expect(joined("reasoning")).toBe(`${reasoning}\n`);
      if (canCall) expect(JSON.parse(joined("arguments"))).toEqual({ query: said });
      else expect(joined("content")).toBe(said);
      expect(whole.usage.completion_tokens_details.reasoning_tokens).toBe(of("reasoning").length);
    }),
  );
});

test("the pace is uneven, the same every time, and right on average", () => {
  const due = dueTimes(600, 30);
  expect(dueTimes(600, 30)).toEqual(due);
  const gaps = due.map((at, i) => at - (due[i - 1] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500 / 30);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1500 / 30);
  expect(new Set(gaps.map(Math.round)).size).toBeGreaterThan(20);
  expect((due.at(-1) ?? 0) / 600).toBeCloseTo(1000 / 30, 0);
  expect(dueTimes(3, 0)).toEqual([0, 0, 0]);
});

test("what was late is made up for, and leaving ends the wait", async () => {
  const leave = new AbortController();
  const tokens = paced(["a", "b", "c"], 1, leave.signal);
  const first = tokens.next();
  leave.abort();
  await expect(first).rejects.toThrow("aborted");
});
