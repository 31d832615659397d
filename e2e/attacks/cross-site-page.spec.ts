import { A, expect, test } from "../fixtures";
import { everythingOf, makeBelongings } from "../support/belongings";
import { openForeignSite, sendForm, tryEverything } from "../support/foreign-page";
import type { Guest } from "../support/guest";

// What it tries is refused loudly, each in the console of the page that tries.
test.use({ allowedErrors: [/./] });

let site: Awaited<ReturnType<typeof openForeignSite>>;
test.beforeAll(async () => {
  site = await openForeignSite();
});
test.afterAll(() => site.close());

// A port is no site: the visitor's cookie is sent along from localhost, and not from 127.0.0.1.
for (const [where, host] of [
  ["a sibling port, with the visitor's cookie", "localhost"],
  ["another site", "127.0.0.1"],
] as const)
  test(`a page of ${where}, reads nothing and changes nothing`, async ({ page, context }) => {
    const { name, ...visitor } = await (
      await page.request.post("/api/session", { data: {} })
    ).json();
    const [cookie] = await context.cookies(A);
    const guest: Guest = { ...visitor, name, token: cookie?.value ?? "", base: A };
    const has = await makeBelongings(guest);
    const before = await everythingOf(guest, has);

    await page.goto(`http://${host}:${site.port}/`);
    const tried = await page.evaluate(tryEverything, { base: A, upload: has.upload });
    expect(Object.entries(tried).filter(([, seen]) => seen !== null)).toEqual([]);
    expect(Object.keys(tried).length).toBeGreaterThan(15);

    for (const enctype of ["text/plain", "multipart/form-data"]) {
      await page.goto(`http://${host}:${site.port}/`);
      const refused = page.waitForResponse(`${A}/api/session`);
      await page.evaluate(sendForm, { action: `${A}/api/session`, enctype });
      expect((await refused).status()).toBe(403);
      await page.waitForURL(`${A}/api/session`);
    }
    expect(await context.cookies(A)).toEqual([cookie]);
    expect(await everythingOf(guest, has)).toEqual(before);
  });
