import type { Page } from "@playwright/test";
import { A, accessibleEverywhere, B, expect, test } from "./fixtures";

const lane = (page: Page, name: string) => page.getByRole("region", { name });
const jobs = (page: Page, kind: string) =>
  page.getByRole("list", { name: `Jobs: ${kind}` }).locator("[data-job]");
const figure = (page: Page, label: string) =>
  page
    .locator("dl > div", { has: page.getByText(label, { exact: true }) })
    .locator("dd")
    .first();

async function open(page: Page, base = A): Promise<void> {
  await page.goto(`${base}/background-tasks`);
  await expect(page.getByRole("complementary", { name: "Around the jobs" })).toContainText(
    "listening",
  );
}

test("an import goes through its steps, and the ledger has each of them", async ({ page }) => {
  await open(page);
  const importing = lane(page, "Import a file");
  await importing.getByLabel("A step takes, ms").fill("300");
  await importing.getByRole("button", { name: "Import" }).click();
  const job = jobs(page, "import").first();
  await expect(job).toHaveAttribute("data-status", "done", { timeout: 30_000 });
  const steps = job.getByRole("list", { name: "Steps" }).getByRole("listitem");
  await expect(steps).toHaveCount(5);
  await expect(job).toContainText('"imported":113,"amount":');
  await expect(job).toContainText("Ledger: validate");
  await expect(figure(page, "Effects in the ledger")).toHaveText("5");
  await expect(figure(page, "Request to first step")).toHaveText(/^\d+ms$/);
  const wire = page.getByRole("region", { name: "Frames" });
  await expect(wire).toContainText("POST /api/jobs/import");
  await expect(wire).toContainText("event: effect");
});

test("a file of one's own is checked line by line", async ({ page }) => {
  await open(page);
  const importing = lane(page, "Import a file");
  await importing.getByLabel("My own file").check();
  await importing
    .getByLabel("CSV: name,email,amount")
    .fill("name,email,amount\nAda,ada@example.com,3\nBob,nowhere,4\n");
  await importing.getByRole("button", { name: "Import" }).click();
  const job = jobs(page, "import").first();
  await expect(job).toHaveAttribute("data-status", "done", { timeout: 30_000 });
  await expect(job).toContainText('"imported":1,"amount":3,"expected":1,"bad":1');
});

test("retries count down, a dead letter is replayed", async ({ page }) => {
  test.setTimeout(90_000);
  await open(page);
  const delivering = lane(page, "Deliver a message");
  await delivering.getByText("Faults and pace").click();
  await delivering.getByLabel("Attempts that fail").fill("4");
  await delivering.getByLabel("Retry after, s").fill("2");
  await delivering.getByRole("button", { name: "Deliver" }).click();
  const job = jobs(page, "deliver").first();
  await expect(job.getByRole("timer")).toHaveText(/^Next attempt in \d\.\d s$/, {
    timeout: 15_000,
  });
  await expect(job).toContainText(/attempt \d of 4/);
  await expect(job).toContainText("dead letter", { timeout: 40_000 });
  await job.getByRole("button", { name: "Replay without its faults" }).click();
  await expect(job).toHaveAttribute("data-status", "done", { timeout: 20_000 });
  await expect(job).toContainText("replay 1");
});

test("a deferred job wakes, another is cancelled in its sleep, on either instance", async ({
  page,
  context,
}) => {
  await open(page);
  const counting = lane(page, "Count my day");
  await counting.getByLabel("Begins in, s").fill("600");
  await counting.getByRole("button", { name: "Count" }).click();
  const job = jobs(page, "digest").first();
  await expect(job.getByRole("timer")).toHaveText(/^Wakes in \d+\.\d s$/);
  const other = await context.newPage();
  await open(other, B);
  await jobs(other, "digest").first().getByRole("button", { name: "Cancel" }).click();
  await expect(job).toHaveAttribute("data-status", "cancelled");
  await counting.getByLabel("Begins in, s").fill("1");
  await counting.getByRole("button", { name: "Count" }).click();
  await expect(jobs(page, "digest").first()).toHaveAttribute("data-status", "done", {
    timeout: 20_000,
  });
});

test("a task after the response shows its progress and its end", async ({ page }) => {
  await open(page);
  const after = lane(page, "After the response");
  await after.getByLabel("Seconds of work").fill("2");
  await after.getByRole("button", { name: "Start a task" }).click();
  const task = after.getByRole("list", { name: "Tasks" }).getByRole("listitem").first();
  await expect(task).toContainText("of 2 s, on instance A alone");
  await expect(task).toContainText("2 s on instance A, and a line in the ledger.", {
    timeout: 15_000,
  });
});

test.describe("what is refused", () => {
  test.use({ allowedErrors: [/429/] });

  test("is said beside its form", async ({ page }) => {
    await open(page);
    await page.route("**/api/jobs/deliver", (route) =>
      route.fulfill({
        status: 429,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "/x", title: "x", status: 429, detail: "Wait for one." }),
      }),
    );
    const delivering = lane(page, "Deliver a message");
    await delivering.getByRole("button", { name: "Deliver" }).click();
    await expect(delivering.getByText("Wait for one.")).toBeVisible();
  });
});

test("the page is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await open(page);
  await lane(page, "Import a file").getByRole("button", { name: "Import" }).click();
  await lane(page, "After the response").getByRole("button", { name: "Start a task" }).click();
  const delivering = lane(page, "Deliver a message");
  await delivering.getByText("Faults and pace").click();
  await delivering.getByLabel("Attempts that fail").fill("1");
  await delivering.getByRole("button", { name: "Deliver" }).click();
  await expect(jobs(page, "deliver").first()).toHaveAttribute("data-status", /retrying|done/, {
    timeout: 20_000,
  });
  await expect(jobs(page, "import").first()).toHaveAttribute("data-status", /running|done/, {
    timeout: 20_000,
  });
  await accessibleEverywhere(page, "test-results/images/background-tasks");
});
