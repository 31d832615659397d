import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { patternOf, patterns } from "../app/patterns";
import { sourcePaths } from "../components/source-panel/source-paths";
import { accessibleEverywhere, axe, expect, test } from "./fixtures";

/** Opens a page and waits until it answers to clicks: the badge asks its first question after hydration. */
async function open(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole("region", { name: "Instances" })).not.toContainText("asking");
}

test("home lists the nine patterns, and links those that run", async ({ page }) => {
  await page.goto("/");
  const cards = page.getByRole("main").getByRole("listitem");
  await expect(cards).toHaveCount(9);
  for (const [index, pattern] of patterns.entries()) {
    const card = cards.nth(index);
    await expect(card).toContainText(pattern.number);
    await expect(card.getByRole("heading", { name: pattern.title })).toBeVisible();
    await expect(card.getByRole("link")).toHaveCount(pattern.ready ? 1 : 0);
    if (!pattern.ready) await expect(card).toContainText("In the making");
  }
});

test("the palette opens by keyboard and goes where it is told", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await page.keyboard.type("chat");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/chat");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the palette returns focus to its button when it is left", async ({ page }) => {
  await open(page, "/");
  const button = page.getByRole("button", { name: "Find a pattern" });
  await button.click();
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("a chosen theme is in the HTML of the next request", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "/");
  await page.getByRole("radio", { name: "Dark theme" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  const again = await page.reload();
  expect(await again?.text()).toMatch(/<html[^>]* data-theme="dark"/);
  await expect(page.getByRole("radio", { name: "Dark theme" })).toBeChecked();
  await expect(page.locator("body")).toHaveCSS("background-color", "rgb(18, 21, 27)");

  await page.getByRole("radio", { name: "System theme" }).check();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  await expect(page.locator("body")).toHaveCSS("background-color", "rgb(248, 245, 238)");
});

test("the skip link is the first stop and leads to the content", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("on a phone the contents are behind a button", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/");
  await page.getByRole("button", { name: "Contents" }).click();
  const contents = page.getByRole("dialog", { name: "Contents" });
  await axe(page);
  await contents.getByRole("link", { name: "Chat" }).click();
  await expect(page).toHaveURL("/chat");
  await expect(contents).toHaveCount(0);
});

test("an answer that is not one reads as no answer", async ({ page }) => {
  await page.route("**/api/instances", (route) => route.fulfill({ body: "<html>" }));
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Instances" })).toContainText("no answer");
});

test("home is accessible and fits, in both themes", async ({ page }) => {
  await page.goto("/");
  await accessibleEverywhere(page);
});

test.describe("the source panel", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });
  const chat = patternOf("chat");

  test("shows and copies each listed file as it is on disk", async ({ page }) => {
    await open(page, chat.page);
    for (const path of sourcePaths(chat)) {
      const text = await readFile(path, "utf8");
      const tab = path.replace(`${chat.folder}/`, "");
      await page.getByRole("tab", { name: tab, exact: true }).click();
      const shown = page.getByRole("region", { name: `Text of ${path}` });
      await expect.poll(() => shown.locator("code").textContent()).toBe(text);
      await page.getByRole("button", { name: `Copy ${path}` }).click();
      await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    }
  });

  test("opens the file that the address names", async ({ page }) => {
    await open(page, chat.page);
    await page.getByRole("main").getByRole("link", { name: "README" }).click();
    await expect(page.getByRole("tab", { name: "README.md" })).toHaveAttribute(
      "aria-selected",
      "true",
    );
    await expect(page.getByRole("region", { name: /README\.md$/ })).toBeInViewport();
  });
});
