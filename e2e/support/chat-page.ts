import type { Page } from "@playwright/test";
import { expect } from "../fixtures";

/** Opens a room in a browser, and waits until it is joined. */
export async function openRoom(page: Page, base: string, room: string): Promise<void> {
  await page.goto(`${base}/chat?room=${room}`);
  await untilJoined(page);
}

export const untilJoined = (page: Page) =>
  expect(connection(page).getByText("joined", { exact: true })).toBeVisible({ timeout: 15_000 });

export const connection = (page: Page) => page.getByRole("complementary", { name: "Connection" });
export const conversation = (page: Page) => page.getByRole("region", { name: "Conversation" });

export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** A measurement of the page, by its label. */
export async function figure(page: Page, label: string): Promise<string> {
  const tile = page.getByRole("region", { name: "Measured" }).locator("dl > div");
  const value = tile
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator("dd")
    .first();
  return (await value.textContent()) ?? "";
}

/** The two numbers that must stay zero, whatever happened. */
export async function expectNothingLost(page: Page): Promise<void> {
  expect(await figure(page, "Gaps")).toBe("0");
  expect(await figure(page, "Duplicates")).toBe("0");
}

/**
 * Every message of the conversation as it stands on the screen, from the first to the last: the list
 * is virtualised, so it is scrolled through.
 */
export async function onScreen(page: Page): Promise<{ seq: number; text: string }[]> {
  return conversation(page).evaluate(async (box) => {
    const rows = new Map<number, string>();
    const frame = () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const collect = () => {
      const seen: number[] = [];
      for (const row of box.querySelectorAll<HTMLElement>("[data-seq]")) {
        const seq = Number(row.dataset.seq);
        seen.push(seq);
        rows.set(seq, row.querySelector("p:last-child")?.textContent ?? "");
      }
      if (new Set(seen).size !== seen.length) throw new Error("a message is on the screen twice");
    };
    // From the end to the beginning, so that the older messages are fetched on the way.
    for (let still = 0; still < 5; ) {
      collect();
      const before = `${box.scrollTop} ${rows.size}`;
      box.scrollTop -= box.clientHeight * 0.8;
      await frame();
      collect();
      still = before === `${box.scrollTop} ${rows.size}` ? still + 1 : 0;
      if (still) await new Promise((resolve) => setTimeout(resolve, 60));
    }
    box.scrollTop = box.scrollHeight;
    await frame();
    return [...rows].map(([seq, text]) => ({ seq, text })).sort((a, b) => a.seq - b.seq);
  });
}
