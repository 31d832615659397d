import { readdir, readFile } from "node:fs/promises";
import { resultsSchema } from "../bench/lab/results";
import { spread, want } from "../bench/lab/say";
import { countOf, nameOf, targetsOf } from "../bench/lab/targets";
import { axe, expect, test } from "./fixtures";

const results = async () =>
  resultsSchema.parse(JSON.parse(await readFile("bench/results/latest.json", "utf8")));

test("the page shows what is kept: each ratio, what was wanted of it, and what was missed", async ({
  page,
}) => {
  await page.goto("/benchmarks");
  const kept = await results();
  const { all, reached, missed } = countOf(targetsOf(kept));
  const targets = page.getByRole("region", { name: "Targets" });
  await expect(targets).toContainText(`${reached} of ${all} targets are reached`);
  const list = targets.getByRole("list", { name: "Missed" });
  await expect(list.getByRole("listitem")).toHaveCount(missed.length);
  for (const [suite, { machine, date, workloads, growth }] of Object.entries(kept)) {
    const section = page.getByRole("region", { name: suite, exact: true });
    await expect(section).toContainText(machine);
    await expect(section).toContainText(date.slice(0, 10));
    const rows = section.getByRole("table").getByRole("row");
    for (const ratio of workloads.flatMap(({ ratios }) => ratios)) {
      const named = rows.filter({ has: page.getByText(nameOf(ratio), { exact: true }) });
      const row = named.filter({ hasText: spread(ratio) }).filter({ hasText: want(ratio) });
      await expect(row.first()).toBeAttached();
    }
    await expect(section.getByRole("img")).toHaveCount(growth.length);
  }
});

test("a suite without a result says so, and how to get one", async ({ page }) => {
  await page.goto("/benchmarks");
  const kept = await results();
  const suites = (await readdir("bench/suites")).map((file) => file.replace(/\.ts$/, ""));
  for (const suite of suites) {
    const section = page.getByRole("region", { name: suite, exact: true });
    const none = section.getByText(`No result yet: npm run bench -- ${suite}`);
    await expect(none).toHaveCount(kept[suite] ? 0 : 1);
  }
});

test("it is found from the navigation, the home page and the palette", async ({ page }) => {
  await page.goto("/");
  const link = page.getByRole("navigation", { name: "Patterns" }).getByRole("link");
  await link.filter({ hasText: "Benchmarks" }).click();
  await expect(page).toHaveURL("/benchmarks");
  await expect(page.getByRole("heading", { level: 1, name: "Benchmarks" })).toBeVisible();
  await page.goto("/");
  await page.getByRole("main").getByRole("link", { name: "measured" }).click();
  await expect(page).toHaveURL("/benchmarks");
  await page.goto("/");
  await page.getByRole("button", { name: "Find a pattern" }).click();
  await page.keyboard.type("bench");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/benchmarks");
});

test("all figures of a suite are behind a disclosure", async ({ page }) => {
  await page.goto("/benchmarks");
  const [suite] = Object.keys(await results());
  const summary = page.getByText(`All figures of ${suite}`);
  test.skip(!suite, "nothing has been measured yet");
  const figures = page.locator("details", { has: summary }).getByRole("term").first();
  await expect(figures).toBeHidden();
  await summary.click();
  await expect(figures).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 1440]) {
    test(`it is accessible and fits: ${colorScheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/benchmarks");
      for (const details of await page.locator("details").all())
        await details.evaluate((element) => element.setAttribute("open", ""));
      await axe(page);
      const room = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(room).toBeLessThanOrEqual(width);
    });
  }
}
