import { DefaultChatTransport, readUIMessageStream, type UIMessageChunk } from "ai";
import pg from "pg";
import { A, B, expect, test } from "./fixtures";
import { ask, QUESTION, read, stateOf } from "./support/completion";
import { newGuest } from "./support/guest";
import { bootIdOf, kill, untilReborn } from "./support/instances";

// The browser says so when its instance is gone; that is the point here.
test.use({ allowedErrors: [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_INCOMPLETE/] });
test.describe.configure({ mode: "serial" });

test("kill -9 after 1, 150 and 400 characters: another instance goes on with each within 5 s, to the same byte", async () => {
  test.setTimeout(90_000);
  // What B writes itself, at the same time.
  const uninterrupted = await ask(await newGuest("Reader", B), ESSAY, { base: B });
  const before = await bootIdOf(A);
  // They come at one pace: who is asked later is cut earlier.
  const first = await askA();
  await first.reaches(250);
  const second = await askA();
  await second.reaches(150);
  await first.reaches(400);
  const third = await askA();
  await third.reaches(1);
  await kill("A");
  const killedAt = Date.now();
  const cut = [first, second, third];
  const reached = cut.map(({ onB }) => onB.text().length);
  await Promise.all(cut.map((one, n) => one.reaches((reached[n] as number) + 21)));
  expect(Date.now() - killedAt).toBeLessThan(5_000);
  await Promise.all([uninterrupted.over, ...cut.map(({ onB }) => onB.over)]);

  expect(uninterrupted.isDone()).toBe(true);
  for (const { guest, onA, onB } of cut) {
    expect(onB.text()).toBe(uninterrupted.text());
    expect(onB.events.filter(({ event }) => event === "continued")).toHaveLength(1);
    const ids = onB.events
      .filter(({ event, data }) => event === "message" && data !== "[DONE]")
      .map(({ id }) => Number(id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(await stateOf(guest, onA.id, B)).toMatchObject({ status: "done", takeovers: 1 });
  }

  // Who read from A goes on where it was cut off, when A is back.
  await untilReborn(A, before);
  for (const { guest, onA } of cut) {
    const rest = await read(guest, onA.id, { base: A, lastEventId: onA.lastEventId() });
    await rest.over;
    expect(onA.text() + rest.text()).toBe(uninterrupted.text());
  }
});

test("kill -9 between a tool's call and the text: the call has run once, and the answer is the same", async () => {
  test.setTimeout(60_000);
  const uninterrupted = await ask(await newGuest("Reader", B), QUESTION, { base: B });
  const before = await bootIdOf(A);
  const { guest, onA, onB } = await askA(QUESTION);
  const seen = (event: string) => onB.events.filter((one) => one.event === event);
  await expect.poll(() => seen("tool-call").length, { intervals: [1] }).toBe(1);
  await kill("A");
  await Promise.all([uninterrupted.over, onB.over]);
  expect(seen("tool-call")).toHaveLength(1);
  expect(seen("tool-result")).toHaveLength(1);
  expect(seen("continued")).toHaveLength(1);
  expect(onB.text()).toBe(uninterrupted.text());
  const state = await stateOf(guest, onA.id, B);
  expect(state).toMatchObject({ status: "done", takeovers: 1 });
  expect(state.toolCalls).toMatchObject([
    { id: "call-1", output: { passages: expect.any(Array) } },
  ]);
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query("SELECT call_id FROM tool_run WHERE completion_id = $1", [
    onA.id,
  ]);
  await client.end();
  expect(rows).toEqual([{ call_id: "call-1" }]);
  await untilReborn(A, before);
});

/** Long enough for three that are asked one after the other to run at once. */
const ESSAY = `${QUESTION} Answer in an essay.`;

/** An answer that A writes, and a reader on B. */
async function askA(question = ESSAY) {
  const guest = await newGuest("Reader", B);
  const onA = await ask(guest, question, { base: A });
  const onB = await read(guest, onA.id, { base: B });
  const reaches = (characters: number) =>
    expect
      .poll(() => onB.text().length, { intervals: [10], timeout: 10_000 })
      .toBeGreaterThanOrEqual(characters);
  return { guest, onA, onB, reaches };
}

test("what useChat reads is cut by kill -9, and its resume on another instance has all of it", async () => {
  test.setTimeout(60_000);
  const guest = await newGuest("Reader", B);
  const transport = (base: string) =>
    new DefaultChatTransport({
      api: `${base}/api/assistant`,
      headers: { authorization: `Bearer ${guest.token}` },
    });
  const ask = (base: string, chatId: string) =>
    transport(base).sendMessages({
      chatId,
      messages: [{ id: "u1", role: "user", parts: [{ type: "text", text: QUESTION }] }],
      trigger: "submit-message",
      messageId: undefined,
      abortSignal: undefined,
    });
  const textOf = async (stream: ReadableStream<UIMessageChunk>, onText?: () => void) => {
    let text = "";
    for await (const { parts } of readUIMessageStream({ stream })) {
      text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      if (text.length > 100) onText?.();
    }
    return text;
  };
  // What B writes itself, at the same time.
  const uninterrupted = textOf(await ask(B, crypto.randomUUID()));
  const [chatId, before] = [crypto.randomUUID(), await bootIdOf(A)];
  let killed: Promise<void> | undefined;
  const cut = await textOf(await ask(A, chatId), () => {
    killed ??= kill("A");
  }).catch((error: Error) => error);
  await killed;
  const whole = await uninterrupted;
  expect(cut).not.toBe(whole);
  const resumed = await transport(B).reconnectToStream({ chatId });
  expect(await textOf(resumed as ReadableStream<UIMessageChunk>)).toBe(whole);
  await untilReborn(A, before);
});

test("the button kills the producing instance, and the page sees the answer finish", async ({
  page,
}) => {
  test.setTimeout(60_000);
  const before = await bootIdOf(A);
  await page.goto(`${A}/token-stream`);
  await page.getByLabel("Your question").fill(QUESTION);
  await page.getByRole("button", { name: "Ask" }).click();
  const answer = page.getByTestId("answer");
  await expect.poll(async () => (await answer.textContent())?.length).toBeGreaterThan(80);
  await page.getByRole("button", { name: "Kill the producing instance A" }).click();
  const panel = page.getByRole("complementary", { name: "Completion" });
  await expect(panel.getByText(/Instance [AB] took over/)).toBeVisible({ timeout: 20_000 });
  await expect(panel.getByRole("status").first()).toHaveText("done", { timeout: 30_000 });
  const shown = await answer.textContent();
  await untilReborn(A, before);
  await page.reload();
  await expect(panel.getByRole("status").first()).toHaveText("done");
  expect(await answer.textContent()).toBe(shown);
});
