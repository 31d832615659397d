import { axeBuilder, expect, test } from "./fixtures";

/** What axe finds in Scalar's own markup, and we cannot mend from outside. The page around it has nothing. */
const OF_SCALAR = [
  "landmark-main-is-top-level",
  "landmark-no-duplicate-main",
  "nested-interactive",
  "button-name",
];

for (const colorScheme of ["light", "dark"] as const)
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });

    test("the reference shows the document, and asks nobody else", async ({ page }) => {
      const origins = new Set<string>();
      page.on("request", (request) => {
        if (/^https?:/.test(request.url())) origins.add(new URL(request.url()).origin);
      });
      // Sections are drawn as they come into view: an address leads to one, as a link from elsewhere does.
      await page.goto("/docs#tag/event-stream");
      await expect(page.getByText("Publish an event to one's own stream").first()).toBeVisible({
        timeout: 20_000,
      });
      await expect(page.locator("body")).toHaveClass(new RegExp(`${colorScheme}-mode`));

      const own = await page.evaluate(() => location.origin);
      expect([...origins].filter((origin) => origin !== own)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      const { violations } = await axeBuilder(page).analyze();
      const found = violations.map(({ id, nodes }) => `${id} ${nodes.map((n) => n.target)}`);
      expect(found.filter((one) => !OF_SCALAR.some((id) => one.startsWith(`${id} `)))).toEqual([]);
    });
  });
