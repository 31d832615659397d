import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { runExport } from "../app/(realtime)/realtime/client/export";
import { accessibleEverywhere, expect, test } from "./fixtures";

// The faults cut requests short on purpose, and the browser says so.
test.use({ allowedErrors: [/net::ERR_ABORTED/] });

const LANES = 4;

const stage = (page: Page) => page.getByRole("region", { name: "Live" });
const button = (page: Page, name: string) => stage(page).getByRole("button", { name });

/** The four cells of a measure. */
async function measure(page: Page, name: string): Promise<string[]> {
  const row = stage(page).getByRole("row", { name: new RegExp(`^${name} `) });
  return (await row.getByRole("cell").allTextContents()).map((text) => text.trim());
}
const numbers = async (page: Page, name: string) =>
  (await measure(page, name)).map((text) => Number(text.replaceAll(",", "")));

async function startRun(page: Page): Promise<void> {
  await page.goto("/realtime");
  await stage(page).getByRole("radio", { name: "0.5 s" }).check();
  await button(page, "Start the four lanes").click();
  await expect.poll(async () => Math.min(...(await numbers(page, "Events")))).toBeGreaterThan(5);
}

/** Ends the run: all lanes get what they have not got yet. */
async function endRun(page: Page): Promise<void> {
  await button(page, "End the run").click();
  await expect(stage(page).getByText("ended", { exact: true })).toBeVisible({ timeout: 15_000 });
}

async function expectAgreement(page: Page): Promise<void> {
  await expect(page.getByRole("region", { name: "Measured" })).toContainText("equal");
  await expect(page.getByRole("region", { name: "Measured" })).not.toContainText("different");
  // On a busy machine the last row may be drawn a moment after the verdict.
  await expect.poll(async () => new Set(await numbers(page, "Position")).size).toBe(1);
  await expect.poll(async () => new Set(await measure(page, "Hash")).size).toBe(1);
  const hashes = await measure(page, "Hash");
  expect(hashes).toHaveLength(LANES);
  expect(hashes[0]).toMatch(/^[0-9a-f]{6}$/);
}

test("four lanes deliver the same, and each is measured", async ({ page }) => {
  await startRun(page);
  await expect.poll(async () => Math.min(...(await numbers(page, "Events")))).toBeGreaterThan(15);
  await endRun(page);
  await expectAgreement(page);
  const [socket = 0, sse = 0, longPoll = 0, poll = 0] = await numbers(page, "Requests");
  expect([socket, sse]).toEqual([1, 1]);
  expect(longPoll).toBeGreaterThan(5);
  expect(poll).toBeGreaterThan(3);
  for (const name of ["Latency p50", "Latency p95", "Bytes up", "Bytes down"])
    for (const value of await measure(page, name)) expect(value).toMatch(/^[\d.,]+ (ms|s|B|kB)$/);
  await expect(page.getByRole("region", { name: "Measured" })).toContainText(/± [\d.]+ ms/);
  await expect(stage(page).getByRole("img")).toHaveAccessibleName(/WebSocket: half within/);
});

const faults: Record<string, (page: Page) => Promise<void>> = {
  "dropped connections": (page) => button(page, "Drop the connections").click(),
  "a stall": async (page) => {
    await button(page, "Stall for 5 s").click();
    await expect(button(page, "Stall for 5 s")).toBeEnabled({ timeout: 8_000 });
  },
  "a lost answer": (page) => button(page, "Lose the next answer").click(),
  "a hidden tab": async (page) => {
    await button(page, "Hide the tab").click();
    await expect
      .poll(async () => (await measure(page, "State")).slice(2))
      .toEqual([...["paused", "paused"]]);
    const [socket, , , poll] = await numbers(page, "Events");
    await expect
      .poll(async () => (await numbers(page, "Events"))[0])
      .toBeGreaterThan((socket ?? 0) + 5);
    expect((await numbers(page, "Events"))[3]).toBe(poll);
    await button(page, "Show the tab again").click();
  },
  "all of them at once": async (page) => {
    await button(page, "Lose the next answer").click();
    await button(page, "Stall for 5 s").click();
    await button(page, "Drop the connections").click();
  },
};
for (const [name, cause] of Object.entries(faults))
  test(`after ${name} the four hashes are equal`, async ({ page }) => {
    await startRun(page);
    await cause(page);
    const reached = Math.max(...(await numbers(page, "Events")));
    await expect
      .poll(async () => Math.min(...(await numbers(page, "Events"))), { timeout: 15_000 })
      .toBeGreaterThan(reached + 5);
    await endRun(page);
    await expectAgreement(page);
  });

test("the choice follows the answers, from the numbers of the run, and is exported", async ({
  page,
}) => {
  await page.goto("/realtime");
  await expect(stage(page)).toContainText("each lane needs 10 events");
  await startRun(page);
  const advice = stage(page).getByRole("status", { name: "Recommendation" });
  await expect(advice).toContainText("Server-sent events", { timeout: 15_000 });
  await expect(advice).toContainText("Server-push, text, auto-reconnect → SSE");
  await expect(advice).toContainText(/95 % of the events were here within [\d.]+ ms/);
  await stage(page).getByRole("radio", { name: "Both ways" }).check();
  await expect(advice).toContainText("Bidirectional → WebSocket");
  await stage(page).getByRole("radio", { name: "Plain HTTP only" }).check();
  await expect(advice).toContainText("HTTP compat + low latency → Long polling");
  await stage(page).getByRole("radio", { name: "Rarely" }).check();
  await stage(page).getByRole("radio", { name: "10 s" }).check();
  await expect(advice).toContainText("Simple, infrequent updates → Short polling");
  await button(page, "Drop the connections").click();
  await endRun(page);

  const download = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    return readFile(await file.path(), "utf8");
  };
  const run = runExport.parse(JSON.parse(await download("Run as JSON")));
  expect(run).toMatchObject({
    settings: { rate: 5, payloadBytes: 256 },
    pollMs: 500,
    faults: [{ what: "dropped the connections" }],
    agreement: { equal: true },
    needs: { direction: "both", rate: "rare", budgetMs: 10_000, proxies: "plain" },
    advice: { lane: "poll" },
  });
  expect(String(run.lanes.sse.position)).toBe((await measure(page, "Position"))[1]);
  const markdown = await download("Run as Markdown");
  expect(markdown).toContain("| Server-sent events | ");
  expect(markdown).toContain("running hashes are equal");
});

test("the source ends when the page goes", async ({ page, context }) => {
  test.setTimeout(60_000);
  await startRun(page);
  const running = async () => {
    const response = await context.request.get("/api/realtime/stats");
    return (await response.json()).source.running;
  };
  expect(await running()).toBe(true);
  await page.close();
  await expect.poll(running, { timeout: 25_000 }).toBe(false);
});

test("a change of the rate and of the payload is a change of the stream", async ({ page }) => {
  await startRun(page);
  await stage(page).getByRole("radio", { name: "50", exact: true }).check();
  await stage(page).getByRole("radio", { name: "32 B" }).check();
  const before = (await numbers(page, "Events"))[0] ?? 0;
  await expect.poll(async () => (await numbers(page, "Events"))[0]).toBeGreaterThan(before + 80);
  await endRun(page);
  await expectAgreement(page);
});

test("is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await startRun(page);
  await expect(stage(page).getByRole("status", { name: "Recommendation" })).toBeVisible();
  await endRun(page);
  await accessibleEverywhere(page);
});
