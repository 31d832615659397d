import { A, B, expect, test } from "./fixtures";
import { conversation, openRoom, write } from "./support/chat-page";
import { call, newGuest } from "./support/guest";
import { openMember } from "./support/member";

// SCREENSHOTS=1 writes those that the README shows; otherwise they go where test results go.
const folder = process.env.SCREENSHOTS ? "docs/images" : "test-results/images";

test("the picture of the README: two people on two instances", async ({ page }) => {
  const host = await newGuest("Grace", B);
  const body = JSON.stringify({
    isPrivate: false,
    name: `picture-${Date.now()}`,
    title: "Picture",
  });
  const room = (await (await call("/api/chat/rooms", { method: "POST", guest: host, body })).json())
    .name;
  const grace = openMember(B, host, room);
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: "light" });
  await openRoom(page, A, room);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("list", { name: "People here" })).toContainText("Ada");
  grace.send("I am on instance B. Can you read me?");
  await expect(conversation(page).getByText("Can you read me?")).toBeVisible();
  await write(page, "On A, loud and clear. Kill mine, if you like.");
  await expect(conversation(page).getByText("loud and clear")).toBeVisible();
  grace.send("Done. You should not have noticed more than a blink.");
  await expect(conversation(page).getByText("more than a blink")).toBeVisible();
  await page.getByRole("region", { name: "Live" }).evaluate((stage) => stage.scrollIntoView());
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}/chat.png` });
  grace.close();
});
