import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { accessibleEverywhere, expect as patient, test } from "./fixtures";
import { MiB, noise, sha256 } from "./support/uploads";

// Files take the time they take, on a machine that does other things as well.
const expect = patient.configure({ timeout: 20_000 });
// In parallel: of all files this one takes the longest, and it comes near the end.
test.describe.configure({ mode: "parallel", timeout: 90_000 });

const lane = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });
const list = (page: Page) => page.getByRole("region", { name: "Your uploads" });
const titles = ["Simple", "Streaming", "Presigned form", "In parts"];

async function open(page: Page): Promise<void> {
  await page.goto("/uploads");
  await expect(page.getByText(/^Memory of instance [AB] /)).toBeVisible();
}
const choose = (page: Page, name: string, mimeType: string, buffer: Buffer) =>
  page.getByLabel("Drop a file here").setInputFiles({ name, mimeType, buffer });
/** The same from the disk: a large file would go to the browser as one message. */
async function chooseLarge(page: Page, name: string, bytes: Buffer): Promise<void> {
  const path = test.info().outputPath(name);
  // Written once: a file that is written again is another one.
  if (!existsSync(path)) await writeFile(path, bytes);
  await page.getByLabel("Drop a file here").setInputFiles(path);
}
const takeLane = (page: Page, title: string) =>
  page.getByRole("group", { name: "Lane", exact: true }).getByLabel(title, { exact: true }).check();
const takeSize = (page: Page, size: string) =>
  page.getByRole("group", { name: "Size", exact: true }).getByLabel(size, { exact: true }).check();
const make = (page: Page) => page.getByRole("button", { name: "Make one and send it" }).click();

/** Downloads the one of this name, by its link. @returns the digest of what came */
async function digestOfDownload(page: Page, name: string): Promise<string> {
  const downloading = page.waitForEvent("download");
  await list(page)
    .getByRole("link", { name: `Download ${name}` })
    .first()
    .click();
  const download = await downloading;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(await download.path())) hash.update(chunk);
  return hash.digest("base64");
}

test("one file on all four lanes: each stores it, and each digest is equal", async ({ page }) => {
  await open(page);
  const text = "name,age\nAda,36\n".repeat(2_000);
  await choose(page, "people.csv", "text/csv", Buffer.from(text));
  for (const title of titles) {
    await expect(lane(page, title).getByRole("status")).toHaveText("stored, digest equal");
    await expect(lane(page, title).getByRole("progressbar")).toHaveAttribute(
      "aria-valuenow",
      "100",
    );
    await expect(lane(page, title)).toContainText(/32\.0 kB of 32\.0 kB in \d+\.\d s/);
  }
  await expect(list(page).getByRole("listitem")).toHaveCount(4);
  await expect(list(page).getByText(`SHA-256 ${sha256(text)}`)).toHaveCount(3);
  expect(await digestOfDownload(page, "people.csv")).toBe(sha256(text));
  const frames = page.getByRole("region", { name: "Frames" });
  await expect(frames).toContainText("POST /api/uploads/presigned");
  await expect(frames).toContainText("content-digest");

  const remove = list(page).getByRole("button", { name: "Delete people.csv" });
  for (let left = 4; left > 0; left--) {
    await remove.first().click();
    await expect(remove).toHaveCount(left - 1);
  }
  await expect(list(page)).toContainText("Nothing is here yet");
});

test("a file that is dropped on a lane goes to that lane alone", async ({ page }) => {
  await open(page);
  const transfer = await page.evaluateHandle(() => {
    const given = new DataTransfer();
    given.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
    return given;
  });
  for (const event of ["dragover", "drop"])
    await lane(page, "Streaming").dispatchEvent(event, { dataTransfer: transfer });
  await expect(lane(page, "Streaming").getByRole("status")).toHaveText("stored, digest equal");
  await expect(list(page).getByRole("listitem")).toHaveCount(1);
  await expect(lane(page, "Simple").getByRole("status")).toHaveText("waits for a file");
});

test.describe("a large file", () => {
  // A 413 is an error in the console.
  test.use({ allowedErrors: [/413|ERR_CONNECTION_RESET/] });

  test("is refused the simple way, and flows the others, with its progress", async ({ page }) => {
    test.setTimeout(120_000);
    await open(page);
    await takeSize(page, "100 MB");
    await make(page);
    await expect(lane(page, "Simple")).toContainText("413: A file sent this way has at most", {
      timeout: 60_000,
    });
    await expect(lane(page, "Streaming")).toContainText(
      /MB of 100 MB · \d+(\.\d)? MB\/s · .* left/,
      {
        timeout: 60_000,
      },
    );
    for (const title of titles.slice(1))
      await expect(lane(page, title).getByRole("status")).toHaveText(/^stored/, {
        timeout: 90_000,
      });
    await expect(lane(page, "In parts")).toContainText("12 of 12 parts");
    await expect(lane(page, "In parts").getByRole("status")).toHaveText("stored, digest equal");
    // The same file would be too large another time as well.
    await expect(lane(page, "Simple").getByRole("button", { name: "Retry" })).toHaveCount(0);
  });
});

test.describe("in parts", () => {
  const size = 40 * MiB;

  test("pause, resume and cancel", async ({ page }) => {
    await open(page);
    let held = true;
    await page.route(/partNumber=[345]&/, async (route) => {
      while (held) await new Promise((resolve) => setTimeout(resolve, 50));
      await route.continue().catch(() => undefined);
    });
    await takeLane(page, "Parts");
    await chooseLarge(page, "paused.bin", noise(size));
    const card = lane(page, "In parts");
    await expect(card).toContainText("2 of 5 parts");
    await card.getByRole("button", { name: "Pause" }).click();
    await expect(card.getByRole("status")).toHaveText("paused");
    held = false;
    await card.getByRole("button", { name: "Resume" }).click();
    await expect(card.getByRole("status")).toHaveText("stored, digest equal");

    held = true;
    await chooseLarge(page, "cancelled.bin", noise(size));
    await expect(card).toContainText("2 of 5 parts");
    await card.getByRole("button", { name: "Cancel" }).click();
    await expect(card.getByRole("status")).toHaveText("cancelled");
    held = false;
    await list(page).getByRole("button", { name: "Look again" }).click();
    await expect(list(page).getByRole("listitem")).toHaveCount(1);
  });

  test("a part that fails is sent again", async ({ page, context }) => {
    await open(page);
    let failures = 3;
    await context.route(/partNumber=2&/, (route) =>
      route.request().method() === "PUT" && failures-- > 0
        ? route.fulfill({ status: 503, headers: { "access-control-allow-origin": "*" } })
        : route.continue(),
    );
    await takeLane(page, "Parts");
    await chooseLarge(page, "retried.bin", noise(20 * MiB));
    const card = lane(page, "In parts");
    await expect(card.getByRole("status")).toHaveText("stored, digest equal");
    await expect(card).toContainText("3 retries");
  });
  test.use({ allowedErrors: [/503/] });

  test("the tab is killed in the middle: after a reload it goes on, and sends no part twice", async ({
    context,
  }) => {
    test.setTimeout(90_000);
    const bytes = noise(size);
    const before = await context.newPage();
    await open(before);
    await before.route(/partNumber=[45]&/, () => new Promise(() => {}));
    await takeLane(before, "Parts");
    await chooseLarge(before, "resumed.bin", bytes);
    await expect(lane(before, "In parts")).toContainText("3 of 5 parts");
    // The process of the page dies: no handler runs, and parts under way end with it. Closing the page
    // would let those go on that are held here.
    await Promise.all([
      before.waitForEvent("crash"),
      before.goto("chrome://crash").catch(() => "as it should"),
    ]);

    const after = await context.newPage();
    const sent: string[] = [];
    after.on("request", (request) => {
      const part = /partNumber=(\d+)/.exec(request.url())?.[1];
      if (part && request.method() === "PUT") sent.push(part);
    });
    await open(after);
    await expect(after.getByText("An upload in parts was left: resumed.bin")).toBeVisible();
    await takeLane(after, "Parts");
    await chooseLarge(after, "resumed.bin", bytes);
    await expect(lane(after, "In parts").getByRole("status")).toHaveText("stored, digest equal", {
      timeout: 60_000,
    });
    expect(sent.sort()).toEqual(["4", "5"]);
    expect(await digestOfDownload(after, "resumed.bin")).toBe(sha256(bytes));
  });
});

for (const [name, type, text] of [
  [
    "evil.svg",
    "image/svg+xml",
    '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="ran";fetch("/api/session")</script></svg>',
  ],
  [
    "evil.html",
    "text/html",
    '<!doctype html><title>safe</title><script>document.title="ran"</script>',
  ],
] as const)
  test(`${name} is only ever a download, and runs no script`, async ({ page, context }) => {
    await open(page);
    await takeLane(page, "Streaming");
    await choose(page, name, type, Buffer.from(text));
    await expect(lane(page, "Streaming").getByRole("status")).toHaveText("stored, digest equal");
    const link = list(page).getByRole("link", { name: `Download ${name}` });
    const address = (await link.getAttribute("href")) ?? "";

    // Opened as a page of its own: it is downloaded.
    const tab = await context.newPage();
    const [download] = await Promise.all([
      tab.waitForEvent("download"),
      tab.goto(address).catch(() => undefined),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    expect(await tab.title()).not.toBe("ran");

    // And were it shown, by a browser that heeds no Content-Disposition: sandboxed, as plain bytes.
    const response = await page.request.get(address);
    const headers = response.headers();
    expect(headers["content-type"]).toBe("application/octet-stream");
    await tab.route("**/content", async (route) => {
      const { "content-disposition": _, ...rest } = headers;
      await route.fulfill({ body: text, headers: { ...rest, "content-type": type } });
    });
    await tab.goto(address);
    expect(await tab.content()).toContain("script");
    expect(await tab.title()).not.toBe("ran");
  });
test.use({ allowedErrors: [/Content Security Policy|sandboxed|503/] });

test.describe("the tamper bench", () => {
  test.use({ allowedErrors: [/40[03]|ERR_CONNECTION_RESET/] });

  for (const [what, answer] of [
    ["Key", "403 AccessDenied"],
    ["Size", "400 EntityTooLarge"],
    ["Type", "403 AccessDenied"],
    ["Expiry", "403 AccessDenied"],
    ["Bytes", "400 "],
    ["Nothing", "204: it took the file"],
  ] as const)
    test(`${what} changed: ${answer}`, async ({ page }) => {
      await open(page);
      const bench = page.getByRole("region", { name: "Tamper with a form" });
      await bench.getByLabel(what, { exact: true }).check();
      await bench.getByRole("button", { name: "Send the form" }).click();
      await expect(bench.getByRole("status")).toContainText(`The store answered ${answer}`);
      if (what !== "Nothing")
        await expect(bench.getByRole("region", { name: "The store's answer" })).toContainText(
          "<Code>",
        );
    });
});

test("by keyboard alone: the zone, the lane, the size", async ({ page }) => {
  await open(page);
  const zone = page.getByLabel("Drop a file here");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), zone.press("Enter")]);
  await chooser.setFiles({ name: "k.txt", mimeType: "text/plain", buffer: Buffer.from("keys") });
  for (const title of titles)
    await expect(lane(page, title).getByRole("status")).toHaveText("stored, digest equal");
});

test("is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await open(page);
  await choose(page, `${"long-".repeat(30)}name.txt`, "text/plain", Buffer.from("hello"));
  for (const title of titles)
    await expect(lane(page, title).getByRole("status")).toHaveText("stored, digest equal");
  await accessibleEverywhere(page, "test-results/images/uploads");
});
