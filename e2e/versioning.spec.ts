import type { Locator, Page } from "@playwright/test";
import { accessibleEverywhere, expect, test } from "./fixtures";

const panel = (page: Page, name: string) => page.getByRole("region", { name });
const ways = (page: Page) => panel(page, "One request, three ways");
const own = (page: Page) => panel(page, "Ask as you like");
const life = (page: Page) => panel(page, "The end of version 1");
const bench = (page: Page) => panel(page, "What a cache must know");
const button = (within: Locator, name: string) => within.getByRole("button", { name, exact: true });
const choose = (within: Locator, name: string) => within.getByRole("radio", { name }).check();

/** One of the figures under the stage. */
const figure = (page: Page, label: string) =>
  panel(page, "Measured")
    .getByText(label, { exact: true })
    .locator("xpath=following-sibling::dd[1]");

async function open(page: Page): Promise<void> {
  await page.goto("/versioning");
  await expect(ways(page).getByRole("status")).toHaveText("the same bytes, three times", {
    timeout: 15_000,
  });
  await expect(life(page).getByRole("status")).toContainText("by the server's clock");
}

// A refusal is an answer here; the browser notes each in the console.
test.use({ allowedErrors: [/Failed to load resource.*(400|406|410)/] });

test("one request, built three ways, gets the same bytes", async ({ page }) => {
  await open(page);
  const [path, header, accept] = ["By path", "By header", "By Accept"].map((name) =>
    ways(page).getByRole("article", { name }),
  ) as [Locator, Locator, Locator];
  await expect(path).toContainText("GET /api/v1/articles/5eed");
  await expect(path).not.toContainText("vary:");
  await expect(header).toContainText("X-API-Version: 1");
  await expect(accept).toContainText("Accept: application/vnd.patternbook.v1+json");
  for (const way of [header, accept]) {
    await expect(way).toContainText("GET /api/articles/5eed");
    await expect(way).toContainText("vary: Accept, X-API-Version");
  }
  await expect(figure(page, "Different bodies")).toHaveText("1");

  await choose(ways(page), "Version 2");
  await choose(ways(page), "The list");
  for (const way of [path, header, accept]) {
    await expect(way).toContainText("content-type: application/vnd.patternbook.v2+json");
    await way.getByText(/^body, /).click();
    await expect(way).toContainText('"count": 6');
  }
  await expect(ways(page).getByRole("status")).toHaveText("the same bytes, three times");
});

test("a post by each way makes three articles, which the list then has", async ({ page }) => {
  await open(page);
  await choose(ways(page), "Post");
  await expect(ways(page).getByRole("status")).toHaveText("ready to post");
  await button(ways(page), "Post all three").click();
  await expect(ways(page).getByRole("status")).toHaveText(
    "3 articles made, which you alone can see",
  );
  await expect(ways(page).getByText("location: /api/v1/articles/")).toHaveCount(1);
  const list = await (await page.request.get("/api/v2/articles")).json();
  expect(list.count).toBe(9);
  expect(list.articles[0]).toMatchObject({
    title: "Posted from the page",
    tags: ["versioning", "http"],
  });
});

test("a contradiction is refused in words, and weights are weighed", async ({ page }) => {
  await open(page);
  await button(own(page), "contradiction").click();
  await expect(own(page).getByRole("status")).toContainText("400 Bad Request");
  await expect(own(page).getByRole("status")).toContainText("Two versions at once");
  await button(own(page), "nothing we have").click();
  await expect(own(page).getByRole("status")).toContainText("406 Not Acceptable");
  await button(own(page), "weights").click();
  await expect(own(page).getByRole("status")).toContainText("x-api-version: 2");
  await own(page).getByLabel("Accept").fill("application/vnd.patternbook.v1+json, */*;q=0.1");
  await own(page).getByLabel("Accept").press("Enter");
  await expect(own(page).getByRole("status")).toContainText("x-api-version: 1");
});

test("the diff and the members are those of the bodies that came", async ({ page }) => {
  await open(page);
  const changes = panel(page, "What changes");
  const diff = changes.getByRole("list", { name: "The bodies as a diff" });
  await expect(diff.locator("[data-kind=gone]")).toHaveText([
    /"author": "Grace Lindqvist"/,
    /"tags": "http,caching"/,
    /"published": 1773500966/,
  ]);
  await expect(diff.locator("[data-kind=new]").filter({ hasText: '"language": "en"' })).toHaveCount(
    1,
  );
  const row = changes.getByRole("row", { name: /published_at/ });
  await expect(row).toContainText("2026-03-14T15:09:26.535Z");
  await expect(row).toContainText("1773500966");
});

test("the clock leads version 1 through its deprecation to 410, for this page alone", async ({
  page,
}) => {
  await open(page);
  const [status, clock] = [life(page).getByRole("status"), life(page).getByRole("slider")];
  await button(life(page), "Before").click();
  await expect(status).toContainText("current, on 2026-08-31");
  await expect(life(page)).not.toContainText("deprecation: @");
  // By keyboard, a day further.
  await clock.press("ArrowRight");
  await expect(status).toContainText("deprecated, on 2026-09-01");
  await expect(life(page)).toContainText("deprecation: @1788220800");
  await button(life(page), "Its last day").click();
  await expect(status).toContainText("deprecated, on 2029-08-31");
  await clock.press("ArrowRight");
  await expect(status).toContainText("gone, on 2029-09-01");
  await expect(life(page)).toContainText("410 Gone");
  await expect(life(page)).toContainText('rel="successor-version"');
  await choose(life(page), "Accept, or 2");
  await expect(status).toContainText("answered in version 2");
  // A time of nobody else's: the server's clock is where it was.
  const other = await page.request.get("/api/articles");
  expect(other.headers()["demo-clock"]).toBeUndefined();
});

test("without Vary, a cache hands version 1 to clients of version 2", async ({ page }) => {
  await open(page);
  await button(bench(page), "Four clients").click();
  await expect(bench(page).getByRole("status")).toHaveText(
    "4 clients; without Vary 2 of them got the wrong version.",
  );
  const rows = bench(page).getByRole("row").filter({ hasText: "from the" });
  await expect(rows).toHaveText([
    /version 1.*version 1 from the origin.*version 1 from the origin/,
    /version 2.*version 2 from the origin.*version 1 from the cache, wrong/,
    /version 1.*version 1 from the cache.*version 1 from the cache/,
    /version 2.*version 2 from the cache.*version 1 from the cache, wrong/,
  ]);
  await expect(figure(page, "Wrong, with Vary")).toHaveText("0");
  await expect(figure(page, "Wrong, without")).toHaveText("2");

  // The order decides: now version 1 clients are the ones that get what they cannot read.
  await button(bench(page), "Empty both").click();
  await button(bench(page), "A version 2 client").click();
  await expect(bench(page).getByRole("status")).toContainText("1 client;");
  await button(bench(page), "A version 1 client").click();
  await expect(rows.nth(1)).toContainText("version 2 from the cache, wrong");
});

test("uses of a version are those that the server counts", async ({ page }) => {
  await open(page);
  await expect(figure(page, "Uses of version 2")).toHaveText(/^\d+$/);
  const before = Number(await figure(page, "Uses of version 2").textContent());
  await choose(ways(page), "Version 2");
  await expect
    .poll(async () => Number(await figure(page, "Uses of version 2").textContent()))
    .toBeGreaterThanOrEqual(before + 3);
});

test("the home page tells of it", async ({ page }) => {
  await page.goto("/");
  const card = page
    .getByRole("listitem")
    .filter({ hasText: "Versioning" })
    .filter({ hasText: "version 1 ends on" });
  await expect(card).toContainText("2029-09-01");
});

test("is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await open(page);
  await button(bench(page), "Four clients").click();
  await expect(bench(page).getByRole("status")).toContainText("4 clients");
  await button(own(page), "contradiction").click();
  await button(life(page), "Gone").click();
  await expect(life(page)).toContainText("410 Gone");
  await ways(page)
    .getByText(/^body, /)
    .first()
    .click();
  await accessibleEverywhere(page);
});
