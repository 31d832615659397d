import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

// The plug is pulled for every instance and visitor: nothing else may run beside this.
test.use({ allowedErrors: [/status of (409|429|503)/] });

const stage = (page: Page) => page.getByRole("region", { name: "Live", exact: true });
const routes = { open: /^Open:/, insured: /^Insured:/, closed: /^Closed:/ };

for (const [name, fault] of Object.entries({
  hang: "Let it hang",
  refuse: "Refuse connections",
  error: "Answer 500",
}))
  test(`the plug is pulled (${name}): open, insured and closed answer as declared, and all is well again`, async ({
    page,
  }) => {
    test.setTimeout(60_000);
    await page.goto("/rate-limits");
    await stage(page).getByRole("button", { name: fault }).click();
    const answer = (route: RegExp) =>
      stage(page).locator("dl > div").filter({ hasText: route }).locator("dd");
    await expect(answer(routes.open)).toContainText(/^200 in .*decided by nobody/, {
      timeout: 12_000,
    });
    await expect(answer(routes.insured)).toContainText(/^(200|429) in .*decided by insurance/);
    await expect(answer(routes.closed)).toContainText(/^503 in .*decided by nobody/);
    const back = stage(page).getByText(/Redis decides again, [\d.]+ m?s after it came back/);
    await expect(back).toBeVisible({ timeout: 30_000 });
    const [, number = "", unit] =
      /again, ([\d.]+) (m?s)/.exec((await back.textContent()) ?? "") ?? [];
    expect(Number(number) * (unit === "s" ? 1_000 : 1)).toBeLessThan(5_000);
    for (const route of Object.values(routes))
      await expect(answer(route)).toContainText("decided by redis");
  });
