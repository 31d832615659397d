import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import fc from "fast-check";
import { createProxy } from "../lib/proxy.fixture";
import { encodeComment, encodeEvent } from "../lib/sse";
import { A, accessibleEverywhere, expect, test } from "./fixtures";

const stream = (page: Page) => page.getByRole("complementary", { name: "Connection" });
const status = (page: Page) => stream(page).getByRole("status");
const rows = (page: Page) => page.getByRole("region", { name: "Timeline" }).locator("li");
const ids = (page: Page) =>
  rows(page).evaluateAll((all) => all.map((row) => Number((row as HTMLElement).dataset.id)));
const figure = (page: Page, label: string) =>
  page
    .locator("dl > div", { has: page.getByText(label, { exact: true }) })
    .locator("dd")
    .first();

async function open(page: Page): Promise<void> {
  await page.goto("/event-stream");
  await expect(status(page)).toHaveText("live");
}

async function publish(page: Page, payload: unknown, type = "note"): Promise<void> {
  await page.getByLabel("Type").selectOption(type);
  await page.getByLabel("Payload, as JSON").fill(JSON.stringify(payload));
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText(/^Stored as \d+\.$/)).toBeVisible();
}

/** By HTTP, with the page's own cookie. */
const post = (page: Page, payload: unknown) =>
  page.request.post("/api/events", { data: { type: "note", payload } });

async function noneLost(page: Page): Promise<void> {
  await expect(figure(page, "Gaps")).toHaveText("0");
  await expect(figure(page, "Duplicates")).toHaveText("0");
}

test("what is published comes back over the stream, and its real frame is shown", async ({
  page,
}) => {
  await open(page);
  await publish(page, { text: "Good morning" }, "order.placed");
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("order.placed");
  await expect(rows(page).first()).toContainText("Good morning");
  const frames = page.getByRole("region", { name: "Frames" });
  await expect(frames).toContainText("id: 1");
  await expect(frames).toContainText("event: order.placed");
  await expect(frames).toContainText(/retry: \d+/);
  await page.getByLabel("Payload, as JSON").fill("Hello");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("The payload is not JSON")).toBeVisible();
});

test("the timeline resumes after a cut, without a gap", async ({ page }) => {
  await open(page);
  for (let n = 1; n <= 3; n++) await publish(page, n);
  await page.getByRole("button", { name: "Cut the connection" }).click();
  await expect(status(page)).toHaveText("cut");
  await expect(page.getByRole("timer")).toContainText(/Comes back in \d+\.\d s/);
  for (let n = 4; n <= 6; n++) await publish(page, n);
  await expect(figure(page, "Published while away")).toHaveText("3");
  expect(await ids(page)).toEqual([3, 2, 1]);
  await page.getByRole("button", { name: "Come back now" }).click();
  await expect(status(page)).toHaveText("live");
  await expect.poll(() => ids(page)).toEqual([6, 5, 4, 3, 2, 1]);
  await expect(figure(page, "Replayed")).toHaveText("3");
  await expect(figure(page, "Connections lost")).toHaveText("1");
  await expect(page.getByRole("region", { name: "Frames" })).toContainText("Last-Event-ID: 3");
  await noneLost(page);
});

test("eight tabs share one stream, and when its holder closes another goes on", async ({
  context,
}) => {
  test.slow();
  const asked: string[] = [];
  context.on("request", (request) => {
    if (request.url().endsWith("/api/events/me")) asked.push(request.url());
  });
  const tabs: Page[] = [];
  for (let n = 0; n < 8; n++) {
    const page = await context.newPage();
    tabs.push(page);
    await open(page);
  }
  expect(asked).toHaveLength(1);
  const [leader, ...others] = tabs as [Page, ...Page[]];
  await expect(stream(leader)).toContainText("This tab holds the connection, 8 tabs share it.");
  await publish(others[6] as Page, "to all");
  for (const page of tabs) await expect.poll(() => ids(page)).toEqual([1]);
  await expect(stream(others[0] as Page)).toContainText("Another tab holds the connection");

  await leader.close();
  await post(others[0] as Page, "while nobody held it");
  for (const page of others) await expect.poll(() => ids(page)).toEqual([2, 1]);
  expect(asked).toHaveLength(2);
  for (const page of others) await noneLost(page);
  const holders = others.map((page) => stream(page).getByText("This tab holds").count());
  expect((await Promise.all(holders)).filter((count) => count > 0)).toHaveLength(1);
  // A follower may cut it, too.
  const last = others[6] as Page;
  await last.getByRole("button", { name: "Cut the connection" }).click();
  for (const page of others) await expect(status(page)).toHaveText("cut");
});

test.describe("a logout", () => {
  test.use({ allowedErrors: [/401/] });

  test("ends the stream with a word, and a new guest has a new one", async ({ page }) => {
    await open(page);
    await publish(page, 1);
    await page.getByRole("button", { name: "Log out everywhere" }).click();
    await expect(status(page)).toHaveText("ended");
    await expect(stream(page)).toContainText("The server ended it: logged out.");
    await expect(page.getByRole("region", { name: "Frames" })).toContainText("event: end");
    await page.getByRole("button", { name: "Come back as a new guest" }).click();
    await expect(status(page)).toHaveText("live");
    await expect(rows(page)).toHaveCount(0);
  });
});

test.describe("a cut", () => {
  test.use({ allowedErrors: [/ERR_INCOMPLETE_CHUNKED_ENCODING/] });

  test("the browser's own EventSource resumes after a cut, and 204 stops it", async ({ page }) => {
    const proxy = await createProxy(A);
    await page.request.post("/api/session", { data: {} });
    // Cookies know no ports: this origin sends the same one, through the proxy.
    await page.goto(proxy.url.replace("127.0.0.1", "localhost"));
    for (let n = 1; n <= 3; n++) await post(page, n);
    const state = await page.evaluateHandle(() => {
      const source = new EventSource("/api/events/me");
      const seen: string[] = [];
      const live: string[] = [];
      source.addEventListener("note", ({ data, lastEventId }) =>
        seen.push(`${lastEventId} ${JSON.parse(data).payload}`),
      );
      source.addEventListener("live", ({ data }) => live.push(data));
      return { source, seen, live };
    });
    const seen = () => state.evaluate((all) => all.seen);
    const live = () => state.evaluate((all) => all.live);
    await expect.poll(live).toHaveLength(1);
    proxy.cutAll();
    for (let n = 4; n <= 5; n++) await post(page, n);
    await expect.poll(seen).toEqual(["1 1", "2 2", "3 3", "4 4", "5 5"]);
    expect(await live()).toEqual(['{"position":3,"replayed":3}', '{"position":5,"replayed":2}']);

    // A page that does not listen to `end` comes back with the old cookie, and is told to stay away.
    const cookies = await page.context().cookies();
    await page.request.delete("/api/session");
    await page.context().addCookies(cookies);
    await expect.poll(() => state.evaluate(({ source }) => source.readyState)).toBe(2);
    await page.goto("about:blank");
    proxy.cutAll();
    await proxy.close();
  });
});

test("Chromium's parser sees in hostile frames what was put in, and nothing else", async ({
  page,
}) => {
  const parts = [
    "\r",
    "\n",
    "\r\n",
    "\0",
    "\u2028",
    "\ufeff",
    "\ud800",
    "data: x",
    "id: 7",
    ":",
    " ",
  ];
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "binary", maxLength: 6 })), {
      maxLength: 10,
    })
    .map((pieces) => pieces.join(""));
  const given = fc.sample(
    fc.record({ id: hostile.map((text) => text.replace(/[\r\n\0]/g, "")), data: hostile }),
    400,
  );
  const frames = given.map(
    ({ id, data }) => encodeEvent({ id, event: "note", data }) + encodeComment(data),
  );
  const server = createServer((request, response) => {
    if (request.url === "/")
      return response.setHeader("content-type", "text/html").end("<title>x</title>");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${encodeComment()}${frames.join("")}event: end\ndata: \n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const seen = await page.evaluate(
    () =>
      new Promise<unknown[]>((resolve, reject) => {
        const source = new EventSource("/events");
        const seen: { id: string; data: string }[] = [];
        source.onmessage = ({ data }) => reject(new Error(`forged: ${data}`));
        source.addEventListener("note", ({ data, lastEventId: id }) => seen.push({ id, data }));
        source.addEventListener("end", () => {
          source.close();
          resolve(seen);
        });
      }),
  );
  server.close();
  const received = (text: string) =>
    Buffer.from(text)
      .toString()
      .replace(/\r\n|\r/g, "\n");
  expect(seen).toEqual(given.map(({ id, data }) => ({ id: received(id), data: received(data) })));
});

test("the page is accessible and fits, in both themes", async ({ page }) => {
  test.slow();
  await open(page);
  await publish(page, { text: "x".repeat(300) });
  await expect(rows(page)).toHaveCount(1);
  await accessibleEverywhere(page);
  expect(page.url()).toContain(new URL(A).host);
});
