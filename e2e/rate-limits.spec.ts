import type { Page } from "@playwright/test";
import { limitState, rateLimits } from "../app/(rate-limits)/contract";
import { axe, expect, test } from "./fixtures";

// Refusals are what this page is about, and the browser reports each.
test.use({ allowedErrors: [/status of (429|503)/] });

const { limit } = rateLimits.playground;
const stage = (page: Page) => page.getByRole("region", { name: "Live", exact: true });
const button = (page: Page, name: string | RegExp) => stage(page).getByRole("button", { name });

async function open(page: Page): Promise<void> {
  await page.goto("/rate-limits");
  await expect(stage(page).getByText(`${limit} of ${limit} left`)).toHaveCount(3, {
    timeout: 15_000,
  });
}

test("each algorithm is drawn from the state that the server has", async ({ page, context }) => {
  await open(page);
  await stage(page).getByRole("radio", { name: "In process" }).check();
  await stage(page).getByRole("radio", { name: "Bucket", exact: true }).check();
  await button(page, "Fire 15 at token bucket").click();
  const bucket = stage(page).getByRole("listitem").filter({ hasText: "Token bucket" });
  await expect(bucket.filter({ hasText: /1\d in, \d refused; last wait/ })).toBeVisible();
  // The drawing falls, and fills again at the rate that the server has; both say the same.
  const drawn = async () => {
    const name = await stage(page)
      .getByRole("img", { name: /tokens in the bucket/ })
      .getAttribute("aria-label");
    return Number(/^[\d.]+/.exec(name ?? "")?.[0]);
  };
  await expect.poll(drawn).toBeLessThan(limit - 2);
  const response = await context.request.get("/api/limits/token-bucket/state?store=memory");
  const { state, windowMs } = limitState.parse(await response.json());
  expect(Math.abs((state.level as number) / windowMs - (await drawn()))).toBeLessThan(1.5);
  await expect.poll(drawn, { timeout: 15_000 }).toBe(limit);
  // The others have not been asked.
  await expect(
    stage(page).getByRole("img", { name: /^0 of 10 spent in this window/ }),
  ).toBeVisible();
});

test("two instances: in process they let in twice the limit, with Redis exactly the limit", async ({
  page,
}) => {
  test.setTimeout(90_000);
  await open(page);
  const rows = stage(page).getByRole("table", { name: /let in, by where/ });
  await expect(async () => {
    await button(page, "Fire at both").click({ timeout: 20_000 });
    await expect(rows).toBeVisible({ timeout: 25_000 });
    await expect(rows.getByRole("row", { name: /^each process/ })).toContainText(
      `${2 * limit} of ${limit}`,
    );
    await expect(rows.getByRole("row", { name: /^Redis/ })).toContainText(` ${limit} of ${limit}`);
  }).toPass({ timeout: 80_000 });
});

test("a client that obeys Retry-After to the millisecond succeeds every time", async ({ page }) => {
  test.setTimeout(90_000);
  await open(page);
  await button(page, "Run both clients").click();
  await expect(button(page, "Run both clients")).toBeEnabled({ timeout: 60_000 });
  const table = stage(page).getByRole("table", { name: /two obedient clients/ });
  const cells = async (name: RegExp) =>
    (await table.getByRole("row", { name }).getByRole("cell").allTextContents()).map((text) =>
      text.trim(),
    );
  expect((await cells(/^Success/))[0]).toBe("100 %");
  expect(Number((await cells(/^Waits/))[0])).toBeGreaterThan(1);
  const ms = (text = "") => Number.parseFloat(text) * (text.endsWith(" ms") ? 1 : 1_000);
  const [ours, stock] = (await cells(/^Told to wait/)).map(ms);
  expect(ours).toBeLessThan(stock as number);
  await expect(page.getByRole("region", { name: "Measured" })).toContainText("100%");
});

test("axe finds nothing, in both themes, and nothing is wider than 390 px", async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await button(page, /^Fire 15/).click();
    await expect(stage(page).getByText(/\d+ in, \d+ refused/)).toHaveCount(3, { timeout: 15_000 });
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  }
  await expect(stage(page).getByText(`${limit} of ${limit} left`)).toHaveCount(3, {
    timeout: 25_000,
  });
});
