import type { Page } from "@playwright/test";
import { A, accessibleEverywhere, B, expect, test } from "./fixtures";
import { QUESTION } from "./support/completion";

const answer = (page: Page) => page.getByTestId("answer");
const lengthOf = async (page: Page) => (await answer(page).textContent())?.length ?? 0;
const panel = (page: Page) => page.getByRole("complementary", { name: "Completion" });
const status = (page: Page) => panel(page).getByRole("status").first();
const figure = (page: Page, label: string) =>
  page
    .locator("dl > div", { has: page.getByText(label, { exact: true }) })
    .locator("dd")
    .first();

async function ask(page: Page, question = QUESTION, base = A): Promise<string> {
  await page.goto(`${base}/token-stream`);
  await page.getByLabel("Your question").fill(question);
  await page.getByRole("button", { name: "Ask" }).click();
  await expect(page).toHaveURL(/\?completion=[\da-f-]{36}$/);
  return new URL(page.url()).search;
}

test("an answer arrives word by word, in both protocols, and is measured", async ({ page }) => {
  await ask(page);
  await expect(status(page)).toHaveText("running");
  const ui = page.getByRole("region", { name: "UI message stream" });
  await expect(ui).toContainText('"type":"reasoning-delta"');
  await expect(ui).toContainText('"type":"tool-output-available"');
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(20);
  const early = await lengthOf(page);
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(early);
  await expect(status(page)).toHaveText("done", { timeout: 20_000 });
  const raw = page.getByRole("region", { name: "Raw frames" });
  await expect(raw).toContainText('data: {"token":');
  await expect(raw).toContainText("data: [DONE]");
  await expect(ui).toContainText('"type":"text-delta"');
  await expect(ui).toContainText('"type":"finish"');
  // What is no part of the answer stands apart from it, folded.
  const reasoning = page.getByTestId("reasoning");
  await expect(reasoning.getByRole("paragraph")).toBeHidden();
  await reasoning.getByText(/^Reasoning \(\d+ tokens\)$/).click();
  await expect(reasoning.getByRole("paragraph")).toContainText("I call the search for them.");
  const tools = page.getByRole("list", { name: "Tools" });
  await tools.getByText(/^search_documents “.+”: \d passages found$/).click();
  await expect(tools).toContainText('"path": "app/(event-stream)/README.md"');
  await expect(answer(page)).not.toContainText("I call the search");
  await expect(figure(page, "Time to first token")).toHaveText(/^\d+ms$/);
  await expect(figure(page, "Tokens a second")).toHaveText(/^\d+$/);
  await expect(figure(page, "Tokens")).toHaveText(/^\d+$/);
  const gaps = page.getByText("Gaps between frames").locator("..").locator("li");
  const counts = await gaps.evaluateAll((rows) =>
    rows.map((row) => Number(row.lastElementChild?.textContent)),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
});

test("a reload in the middle has the text, and goes on", async ({ page }) => {
  await ask(page);
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(60);
  const before = (await answer(page).textContent()) ?? "";
  await page.reload();
  await expect(page.getByText(QUESTION).first()).toBeVisible();
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(before.length);
  // Of the SDK's stream, too: useChat has resumed it from its beginning.
  const ui = page.getByRole("region", { name: "UI message stream" });
  await expect(ui).toContainText("/api/assistant/");
  await expect(status(page)).toHaveText("done", { timeout: 20_000 });
  const whole = await answer(page).textContent();
  await page.reload();
  await expect(status(page)).toHaveText("done");
  expect(await answer(page).textContent()).toBe(whole);
});

test("a second tab on the other instance has the same text, and stops it for both", async ({
  page,
  context,
}) => {
  // A long answer: the other tab must have the time to stop it.
  await ask(page, `${QUESTION} Answer in an essay.`);
  const [other] = await Promise.all([
    context.waitForEvent("page"),
    panel(page).getByRole("link", { name: "Open on instance B" }).click(),
  ]);
  await expect(other).toHaveURL(new RegExp(`^${B}/`));
  await expect.poll(() => lengthOf(other), { intervals: [50] }).toBeGreaterThan(0);
  await panel(other).getByRole("button", { name: "Stop" }).click();
  await expect(status(other)).toHaveText("stopped", { timeout: 2_000 });
  await expect(status(page)).toHaveText("stopped", { timeout: 2_000 });
  await expect
    .poll(async () => (await answer(page).textContent()) === (await answer(other).textContent()))
    .toBe(true);
});

test.describe("a stranger's address", () => {
  test.use({ allowedErrors: [/404/] });

  test("shows nothing but that", async ({ page }) => {
    await page.goto("/token-stream?completion=00000000-0000-4000-8000-000000000000");
    await expect(page.getByText("You have no completion of this id.")).toBeVisible();
    await expect(status(page)).toHaveText("idle");
  });
});

/** Opens the page with an answer that is done and says this. */
async function openAnswer(
  page: Page,
  token: string,
  more: [event: string, data: object][] = [],
): Promise<void> {
  const id = "00000000-0000-4000-8000-000000000001";
  await page.route(`**/api/completions/${id}`, (route) =>
    route.fulfill({
      json: {
        id,
        status: "done",
        prompt: "?",
        chatId: null,
        text: token,
        reasoning: "",
        toolCalls: [],
        sources: [],
        reason: "stop",
        instance: "A",
        takeovers: 0,
        usage: null,
        timings: { createdAt: new Date().toISOString(), firstTokenMs: 1, totalMs: 2 },
        error: null,
      },
    }),
  );
  await page.route(`**/api/completions/${id}/stream`, (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: [
        `id: 2\ndata: ${JSON.stringify({ token })}\n\n`,
        ...more.map(([event, data]) => `id: 2\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
        "id: 3\ndata: [DONE]\n\n",
      ].join(""),
    }),
  );
  await page.goto(`/token-stream?completion=${id}`);
}

test("what the answer says stays text: no HTML, no remote image, no script link", async ({
  page,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await openAnswer(
    page,
    "<img src=x onerror=alert(1)> ![spy](https://evil.example/x.png) [go](javascript:alert(1)) **bold**",
  );
  await expect(answer(page).locator("strong")).toHaveText("bold");
  await expect(answer(page)).toContainText("[image: spy]");
  await expect(answer(page).locator("img, a, script")).toHaveCount(0);
  expect(asked.filter((url) => url.includes("evil.example"))).toEqual([]);
});

test("an answer that was cut off says so, and names its sources, which lead to the web alone", async ({
  page,
}) => {
  await openAnswer(page, "Half of it", [
    ["source", { url: "https://a.example/x", title: "A page" }],
    ["source", { url: "javascript:alert(1)", title: "A trap" }],
    ["finish", { status: "done", reason: "length", usage: null }],
  ]);
  const shown = page.getByRole("region", { name: "Answer" });
  await expect(shown).toContainText("Cut off: the answer reached its limit");
  await expect(shown.getByRole("link", { name: "A page" })).toHaveAttribute(
    "href",
    "https://a.example/x",
  );
  await expect(shown.getByText("A trap")).toBeVisible();
  await expect(shown.getByRole("link")).toHaveCount(1);
});

test("an answer of 3,000 quotes in each other is shown as text, and the page stays", async ({
  page,
}) => {
  await openAnswer(page, `${"> ".repeat(3_000)}the innermost`);
  await expect(answer(page)).toContainText("Shown as plain text");
  await expect(answer(page)).toContainText("the innermost");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Token stream");
  await page.getByLabel("Your question").fill("The page still works.");
});

test("the page is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await ask(page);
  await expect.poll(() => lengthOf(page)).toBeGreaterThan(200);
  await panel(page).getByRole("button", { name: "Stop" }).click();
  await expect(status(page)).toHaveText("stopped");
  await accessibleEverywhere(page, "test-results/images/token-stream");
});
