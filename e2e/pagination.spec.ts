import type { Locator, Page } from "@playwright/test";
import type { Write } from "../app/(pagination)/contract";
import { accessibleEverywhere, expect, test } from "./fixtures";

const drift = (page: Page) => page.getByRole("region", { name: "What is lost" });
const depth = (page: Page) => page.getByRole("region", { name: "What it costs" });
const list = (page: Page, name: string) => page.getByRole("list", { name });
const measured = (page: Page) => page.getByRole("region", { name: "Measured" });
const button = (within: Locator, name: string) => within.getByRole("button", { name });

/** One of the figures under the stage. */
const figure = (page: Page, label: string) =>
  measured(page).getByText(label, { exact: true }).locator("xpath=following-sibling::dd[1]");

async function expectScore(page: Page, score: Record<string, number>): Promise<void> {
  for (const [label, value] of Object.entries(score))
    await expect(figure(page, label)).toHaveText(String(value));
}

/** Opens the page with a list of this visitor's, and its first page read. */
async function open(page: Page): Promise<void> {
  await page.goto("/pagination");
  await expect(figure(page, "Pages read")).toHaveText("1", { timeout: 15_000 });
  await expect(depth(page).getByRole("status")).toHaveText("2 measurements");
}

async function churn(page: Page, ...writes: Write[]): Promise<void> {
  const response = await page.request.post("/api/items/mine/churn", { data: { writes } });
  expect(response.status()).toBe(200);
}

async function nextPage(page: Page): Promise<void> {
  const before = Number(await figure(page, "Pages read").textContent());
  await button(drift(page), "Next page").click();
  await expect(figure(page, "Pages read")).toHaveText(String(before + 1));
}

test("writes between two pages double and drop rows by offset, and none by cursor", async ({
  page,
}) => {
  test.slow();
  await open(page);
  const truth = await (await page.request.get("/api/items/mine/truth")).json();
  const ids: string[] = truth.items.map(({ id }: { id: string }) => id);

  await churn(page, ...Array<Write>(5).fill({ kind: "insert" }));
  await nextPage(page);
  await expectScore(page, { "Duplicates, offset": 5, "Skips, offset": 0 });
  await expectScore(page, { "Duplicates, cursor": 0, "Skips, cursor": 0 });

  // Eight rows that both have read, the one among them that the cursor was made of.
  const gone = [...ids.slice(0, 7), ids[39] as string];
  await churn(page, ...gone.map((id): Write => ({ kind: "delete", id })));
  await churn(page, { kind: "tie", id: ids[45] }, { kind: "back-date" });
  await nextPage(page);
  await nextPage(page);
  await expectScore(page, { "Duplicates, cursor": 0, "Skips, cursor": 0 });
  expect(Number(await figure(page, "Skips, offset").textContent())).toBeGreaterThan(0);

  // Said in words where they happened, not in colour alone.
  const scrollTo = (row: number) =>
    list(page, "By offset").evaluate(
      (el, top) => el.closest("section")?.scrollTo(0, top),
      row * 34,
    );
  await scrollTo(20);
  await expect(list(page, "By offset").locator("[data-mark=again]").first()).toContainText("again");
  await scrollTo(36);
  await expect(list(page, "By offset").locator("[data-mark=skipped]").first()).toContainText(
    "skipped",
  );
  await expect(list(page, "By cursor").locator("[data-mark]:not([data-mark=read])")).toHaveCount(0);
});

test("read to the end beside the writer, the cursor has every row that was there", async ({
  page,
}) => {
  test.setTimeout(90_000);
  await open(page);
  await drift(page).getByLabel("Writes a second").fill("40");
  await button(drift(page), "Start the writer").click();
  await button(drift(page), "Read to the end").click();
  await expect(drift(page).getByText(/rows, the end/)).toHaveCount(2, { timeout: 80_000 });
  await button(drift(page), "Stop the writer").click();
  await expectScore(page, { "Duplicates, cursor": 0, "Skips, cursor": 0 });
  const wrong = async (label: string) => Number(await figure(page, label).textContent());
  expect((await wrong("Duplicates, offset")) + (await wrong("Skips, offset"))).toBeGreaterThan(0);
  // How many there are by then is a matter of how fast both lists are read.
  expect(Number(await figure(page, "Writes").textContent())).toBeGreaterThan(20);
});

test("both lists scroll as one, and ask for more at their end, by keyboard as well", async ({
  page,
}) => {
  await open(page);
  const box = page.getByRole("region", { name: "The list, as the two readers got it" });
  await expect(box.getByRole("listitem").first()).toBeVisible();
  await box.focus();
  await page.keyboard.press("End");
  await expect(figure(page, "Pages read")).not.toHaveText("1");
  const tops = await box
    .getByRole("list")
    .evaluateAll((lists) => lists.map((one) => one.getBoundingClientRect().top));
  expect(tops[0]).toBe(tops[1]);
  expect(tops[0]).toBeLessThan((await box.boundingBox())?.y ?? 0);
  // Only what is in sight is in the document.
  for (let n = 0; n < 3; n++) await nextPage(page);
  expect(await box.getByRole("listitem").count()).toBeLessThan(80);
});

test("another order is another reading; a new list is a new score", async ({ page }) => {
  await open(page);
  await churn(page, { kind: "insert" });
  await nextPage(page);
  await expectScore(page, { "Duplicates, offset": 1 });
  await drift(page).getByRole("radio", { name: "Title" }).check();
  await expect(figure(page, "Pages read")).toHaveText("1");
  await expectScore(page, { "Duplicates, offset": 0 });
  const titles = await list(page, "By cursor").getByRole("listitem").allTextContents();
  expect(titles.length).toBeGreaterThan(10);
  await button(drift(page), "New list").click();
  await expect(figure(page, "There throughout")).toHaveText("500");
});

test("a jump to page 45,001 reads 900,020 rows by offset, and 21 by cursor", async ({ page }) => {
  await open(page);
  const panel = depth(page);
  await panel.getByLabel("Page", { exact: true }).fill("45001");
  await button(panel, "Jump, by offset").click();
  await expect(panel.getByRole("status")).toHaveText("4 measurements", { timeout: 20_000 });
  await expect(panel.getByRole("row", { name: /By offset/ })).toContainText("900,020");
  await expect(panel.getByRole("row", { name: /By cursor/ })).toContainText("21");
  await expect(panel.getByText("Rows 900,001 to 900,020, come by offset")).toBeVisible();
  await expect(
    panel
      .getByText("Index Scan Backward, 21 rows")
      .or(panel.getByText(/Index Scan using item_created_at_id_idx, 21 rows/)),
  ).toBeVisible();
  await expect(panel.getByRole("img")).toHaveAccessibleName(/offset: .* at depth 900,000/);

  // From there on by cursor, and back to the adjacent page.
  const rows = () => list(page, "The page").getByRole("listitem").allTextContents();
  const jumped = await rows();
  await button(panel, "Next, by cursor").click();
  await expect(panel.getByText("Rows 900,021 to 900,040, come by cursor")).toBeVisible();
  await button(panel, "Previous, by cursor").click();
  await expect(panel.getByText("Rows 900,001 to 900,020, come by cursor")).toBeVisible();
  expect(await rows()).toEqual(jumped);
});

test("is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await open(page);
  await churn(page, { kind: "insert" }, { kind: "insert" });
  await nextPage(page);
  await churn(page, ...Array<Write>(10).fill({ kind: "delete" }));
  await nextPage(page);
  await accessibleEverywhere(page);
});
