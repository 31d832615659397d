import type { Connection } from "../app/(chat)/chat/client/connection";
import { A, B, expect, test } from "./fixtures";
import {
  connection,
  conversation,
  expectNothingLost,
  onScreen,
  openRoom,
  untilJoined,
  write,
} from "./support/chat-page";
import { newGuest, newRoom } from "./support/guest";
import { readHistory } from "./support/history";
import { bootIdOf, kill, untilReborn } from "./support/instances";
import { openMember } from "./support/member";

const ROUNDS = 5;
const SENDERS = 4;
const EACH = 50;

// The browser says so when its instance is gone; that is the point here.
test.use({ allowedErrors: [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|WebSocket connection/] });
test.describe.configure({ mode: "serial" });

for (let round = 1; round <= ROUNDS; round++) {
  test(`kill -9 of A in the middle of ${SENDERS * EACH} messages loses and doubles nothing (${round})`, async ({
    page,
    context,
  }) => {
    test.setTimeout(90_000);
    const reader = await newGuest("Reader", B);
    const room = (await newRoom(reader)).name;
    const other = await context.newPage();
    await openRoom(page, A, room);
    await openRoom(other, B, room);

    const members: Connection[] = [];
    for (let n = 0; n < SENDERS; n++) {
      const base = n % 2 ? B : A;
      members.push(openMember(base, await newGuest(`Sender ${n}`, base), room));
    }
    for (const member of members) await expect.poll(() => member.state().status).toBe("joined");

    const before = await bootIdOf(A);
    members.forEach((member, n) => {
      for (let k = 0; k < EACH; k++) member.send(`${n}-${k}`);
    });
    // In the middle: some are stored and some are not. Each round at another point.
    const some = SENDERS * (8 + round * 5);
    await expect
      .poll(() => members[1]?.state().messages.length, { intervals: [5], timeout: 20_000 })
      .toBeGreaterThan(some);
    await kill("A");

    const all = SENDERS * EACH;
    for (const member of members) {
      await expect.poll(() => member.state().messages.length, { timeout: 40_000 }).toBe(all);
      await expect.poll(() => member.state().outgoing).toEqual([]);
      const { gaps, duplicates, reconnects } = member.state();
      expect({ gaps, duplicates }).toEqual({ gaps: 0, duplicates: 0 });
      if (member === members[0]) expect(reconnects).toBeGreaterThan(0);
    }
    await untilReborn(A, before);
    await untilJoined(page);

    const stored = await readHistory(reader, room, B);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: all }, (_, i) => i + 1));
    const sent = members.flatMap((_, n) => Array.from({ length: EACH }, (_, k) => `${n}-${k}`));
    expect(stored.map(({ text }) => text).sort()).toEqual(sent.sort());
    for (const member of members) {
      expect(member.state().messages).toEqual(stored);
      member.close();
    }
    const truth = stored.map(({ seq, text }) => ({ seq, text }));
    for (const screen of [page, other]) {
      await screen.bringToFront();
      expect(await onScreen(screen)).toEqual(truth);
      await expectNothingLost(screen);
    }
  });
}

test("the button kills the instance of the page, which says so and comes back", async ({
  page,
  context,
}) => {
  test.setTimeout(60_000);
  const room = (await newRoom(await newGuest("Owner", B))).name;
  const onB = await context.newPage();
  await openRoom(page, A, room);
  await openRoom(onB, B, room);
  await write(page, "before the kill");
  const before = await bootIdOf(A);
  await page.getByRole("button", { name: "Kill instance A" }).click();
  await expect(connection(page).getByText("away", { exact: true })).toBeVisible();
  await expect(connection(onB).getByText("Instance A is down")).toBeVisible();
  await write(page, "written while it was dead");
  await untilReborn(A, before);
  await untilJoined(page);
  for (const screen of [page, onB]) {
    await screen.bringToFront();
    await expect(conversation(screen).getByText("written while it was dead")).toBeVisible();
    await expectNothingLost(screen);
  }
  await expect(connection(onB).getByRole("link", { name: "Open on instance A" })).toBeVisible();
});

test("the people of an instance that was killed leave the list", async () => {
  test.setTimeout(60_000);
  const [watching, dying] = [await newGuest("Watcher", B), await newGuest("Dying", A)];
  const room = (await newRoom(watching)).name;
  const watcher = openMember(B, watching, room);
  const member = openMember(A, dying, room);
  const names = () => watcher.state().people.map(({ name }) => name);
  await expect.poll(names).toEqual(["Dying", "Watcher"]);
  const before = await bootIdOf(A);
  // It must not come back to the instance that is started in its place.
  member.socket.io.reconnection(false);
  await kill("A");
  await expect.poll(names, { timeout: 10_000 }).toEqual(["Watcher"]);
  await untilReborn(A, before);
  watcher.close();
  member.close();
});
