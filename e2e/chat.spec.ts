import { A, accessibleEverywhere, B, expect, test } from "./fixtures";
import {
  connection,
  conversation,
  expectNothingLost,
  figure,
  onScreen,
  openRoom,
  untilJoined,
  write,
} from "./support/chat-page";
import { call, newGuest, newRoom } from "./support/guest";
import { readHistory } from "./support/history";
import { openMember } from "./support/member";

test("two people on two instances talk, see each other, and see each other type", async ({
  browser,
}) => {
  const host = await newGuest("Host");
  const room = (await newRoom(host)).name;
  const [ada, bob] = await Promise.all([browser.newContext(), browser.newContext()]);
  const [onA, onB] = [await ada.newPage(), await bob.newPage()];
  await openRoom(onA, A, room);
  await openRoom(onB, B, room);
  expect([await figure(onA, "Instance"), await figure(onB, "Instance")]).toEqual(["A", "B"]);
  expect(await figure(onA, "Transport")).toBe("websocket");

  await connection(onA).getByLabel("Your name").fill("Ada");
  await connection(onA).getByRole("button", { name: "Rename" }).click();
  await expect(onB.getByRole("list", { name: "People here" })).toContainText("Ada");

  await onA.getByLabel("Message", { exact: true }).pressSequentially("Hel");
  await expect(onB.getByText("Ada is typing")).toBeVisible();
  await write(onA, "Hello from A");
  await expect(conversation(onB).getByText("Hello from A", { exact: true })).toBeVisible();
  await expect(onB.getByText("Ada is typing")).toHaveCount(0);
  await write(onB, "Hello from B");
  await expect(conversation(onA).getByText("Hello from B", { exact: true })).toBeVisible();

  const stored = await readHistory(host, room);
  expect(stored.map(({ seq, text, author }) => [seq, text, author.name])).toEqual([
    [1, "Hello from A", "Ada"],
    [2, "Hello from B", expect.any(String)],
  ]);
  for (const page of [onA, onB]) {
    expect((await onScreen(page)).map(({ text }) => text)).toEqual([
      "Hello from A",
      "Hello from B",
    ]);
    await expectNothingLost(page);
  }
  await ada.close();
  await expect(onB.getByRole("list", { name: "People here" })).not.toContainText("Ada");
  await bob.close();
});

test.describe("away", () => {
  test.use({ allowedErrors: [/WebSocket|ERR_INTERNET_DISCONNECTED/] });

  test("ten seconds offline, a dropped connection and a reload miss nothing", async ({ page }) => {
    const guest = await newGuest("Other");
    const room = (await newRoom(guest)).name;
    const other = openMember(B, guest, room);
    await openRoom(page, A, room);
    await write(page, "before");
    await expect.poll(() => figure(page, "Offset")).toBe("1");

    await page.getByRole("button", { name: "Go offline for 10 s" }).click();
    await expect(connection(page).getByText("offline", { exact: true })).toBeVisible();
    await write(page, "written while offline");
    await expect(conversation(page).getByText("sending")).toBeVisible();
    for (let n = 1; n <= 5; n++) other.send(`missed ${n}`);
    await untilJoined(page);
    await expect(conversation(page).getByText("missed 5", { exact: true })).toBeVisible();
    await expect(
      conversation(page).getByText("written while offline", { exact: true }),
    ).toBeVisible();
    expect(Number(await figure(page, "Replayed"))).toBeGreaterThanOrEqual(5);

    await page.getByRole("button", { name: "Drop my connection" }).click();
    await expect.poll(() => figure(page, "Connections lost")).toBe("2");
    await untilJoined(page);
    await expectNothingLost(page);

    await page.reload();
    await untilJoined(page);
    const texts = (await readHistory(guest, room)).map(({ text }) => text);
    expect((await onScreen(page)).map(({ text }) => text)).toEqual(texts);
    expect(texts.filter((text) => text === "written while offline")).toHaveLength(1);
    other.close();
  });
});

test("the past comes as one scrolls up, every message once", async ({ page, context }) => {
  const guest = await newGuest("Historian");
  const room = (await newRoom(guest)).name;
  await call(`/api/chat/rooms/${room}/flood`, {
    method: "POST",
    guest,
    body: '{"messages":130,"characters":60}',
  });
  await context.addCookies([{ name: "session", value: guest.token, url: A }]);
  await openRoom(page, A, room);
  const stored = await readHistory(guest, room);
  expect(stored).toHaveLength(130);
  expect((await onScreen(page)).map(({ seq }) => seq)).toEqual(stored.map(({ seq }) => seq));
  await expect(page.getByText("The beginning of this room")).toBeAttached();
  await expectNothingLost(page);
});

test("whoever stops reading is closed as a slow consumer, and catches up", async ({
  page,
  context,
}) => {
  const guest = await newGuest("Slow");
  const room = (await newRoom(guest)).name;
  await context.addCookies([{ name: "session", value: guest.token, url: A }]);
  await openRoom(page, A, room);
  await page.getByRole("button", { name: "Stop reading" }).click();
  await expect(connection(page).getByText("not reading", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Flood my room" }).click();
  await expect(page.getByText("400 messages of 3,900 characters are in the room.")).toBeVisible();
  expect(Number(await figure(page, "Offset"))).toBeLessThan(400);
  await page.getByRole("button", { name: "Read again" }).click();
  await untilJoined(page);
  await expect.poll(() => figure(page, "Offset"), { timeout: 15_000 }).toBe("400");
  await expectNothingLost(page);
});

test("a message that is refused says why, and can be discarded", async ({ page }) => {
  const guest = await newGuest("Host");
  const room = (await newRoom(guest)).name;
  await openRoom(page, A, room);
  await page.getByLabel("Message", { exact: true }).fill("with a control \u0007 character");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(conversation(page).getByText("must not contain control characters")).toBeVisible();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(conversation(page).getByText("refused")).toHaveCount(0);
  expect(await readHistory(guest, room)).toEqual([]);
});

test("logging out ends the connection here and in the other tab, on the other instance", async ({
  page,
  context,
}) => {
  const guest = await newGuest("Host");
  const room = (await newRoom(guest)).name;
  await openRoom(page, A, room);
  const other = await context.newPage();
  await openRoom(other, B, room);
  await page.getByRole("button", { name: "Log out everywhere" }).click();
  for (const tab of [page, other])
    await expect(connection(tab).getByText("logged out", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Come back as a new guest" }).click();
  await untilJoined(page);
});

test("a room that is not there says so", async ({ page }) => {
  await page.goto(`${A}/chat?room=never-made`);
  await expect(connection(page).getByText("There is no such room.")).toBeVisible();
});

test("axe finds nothing, and nothing is too wide, in both themes", async ({ page }) => {
  test.slow();
  const guest = await newGuest("Host");
  await openRoom(page, A, (await newRoom(guest)).name);
  await write(page, "for the picture");
  await expect(conversation(page).getByText("for the picture", { exact: true })).toBeVisible();
  await accessibleEverywhere(page);
});
