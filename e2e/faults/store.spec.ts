import { signedParts } from "../../app/(uploads)/contract";
import { expect, test } from "../fixtures";
import { faultNames } from "../support/faulty-proxy";
import { type OwnSite, STORE_PATIENCE_SECONDS, startSite } from "../support/own-site";
import { grant, sendPut } from "../support/presigned";
import { expectPromised } from "../support/promised";
import {
  content,
  created,
  expectNothing,
  inStore,
  inTable,
  MiB,
  noise,
  open,
  post,
  postForm,
  problemOf,
  putFile,
  rawForm,
  sha256,
  type UploadsGuest,
} from "../support/uploads";
import { type Prepared, storeTable } from "./store.table";

const text = { name: "a.txt", type: "text/plain", bytes: "hello" };
let site: OwnSite;
/** Whoever was refused: nothing is to be left of theirs. */
const refused: UploadsGuest[] = [];

test.beforeAll(async () => {
  site = await startSite();
});
test.afterAll(() => site?.stop());
test.afterEach(async () => {
  await site?.services.store.mend();
  // Two minutes go by: what could not be erased may be swept.
  await site?.database.query("UPDATE upload SET due_at = now() WHERE status = 'deleting'");
});

async function prepare(): Promise<Prepared> {
  const [ada, eve] = await Promise.all([site.newGuest(), site.newGuest()]);
  refused.push(eve);
  const store = async () => (await created(await postForm(ada, "simple", rawForm(text)))).id;
  const announced = { name: "a.txt", type: "text/plain", size: text.bytes.length };

  const granted = await grant(ada, { ...announced, method: "PUT" });
  expect((await sendPut(granted, text.bytes)).status).toBe(200);

  const begun = await post(ada, "/api/uploads/multipart", announced);
  const inParts = (await begun.json()).upload.id;
  const signed = await post(ada, `/api/uploads/${inParts}/parts`, {
    parts: [{ number: 1, sha256: sha256(text.bytes) }],
  });
  for (const { url, headers } of signedParts.parse(await signed.json()).parts)
    expect((await fetch(url, { method: "PUT", headers, body: text.bytes })).status).toBe(200);
  const sent = granted.upload.id;
  return { ada, eve, stored: await store(), doomed: await store(), sent, inParts };
}

for (const fault of faultNames)
  test(`a store that is away (${fault}): each operation answers as promised, and all is well again`, async () => {
    test.setTimeout(150_000);
    const things = await prepare();
    const { ada, eve, stored, doomed, sent, inParts } = things;
    await site.services.store.fail(fault);
    await expectPromised(storeTable, things, fault);
    // Of what was refused there is nothing to be seen, and nothing counts.
    expect(await inTable(eve)).toMatchObject({ items: [], quota: { usedBytes: 0 } });
    await site.services.store.mend();

    for (const id of [sent, inParts]) {
      const completed = await post(ada, `/api/uploads/${id}/complete`);
      expect([completed.status, (await completed.json()).status]).toEqual([200, "stored"]);
    }
    for (const id of [stored, sent, inParts])
      expect(await (await content(ada, id)).text()).toBe(text.bytes);
    expect((await content(ada, doomed)).status).toBe(404);
    await created(await putFile(ada, noise(100)));
  });

test("a store that hangs or breaks in the middle of a stream: 503, and nothing is left", async () => {
  test.setTimeout(150_000);
  for (const fault of ["error", "html", "cut", "hang"] as const) {
    const eve = await site.newGuest();
    refused.push(eve);
    await site.services.store.fail(fault, /^PUT .*partNumber=2/);
    const begun = performance.now();
    const response = await putFile(eve, noise(20 * MiB));
    expect(await problemOf(response)).toEqual([503, "store-unavailable"]);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(performance.now() - begun).toBeLessThan(STORE_PATIENCE_SECONDS * 1_000 + 10_000);
    // Only that part is refused: what was there could be removed at once.
    await expectNothing(eve);
  }
});

test("a download that the store breaks off is broken off, never shorter", async () => {
  const ada = await site.newGuest();
  const { id } = await created(await putFile(ada, noise(MiB)));
  await site.services.store.fail("cut", /^GET/);
  const { out, answer } = open(ada, `/api/uploads/${id}/content`, {}, "GET");
  out.end();
  await expect(answer).rejects.toThrow(/aborted|hang up/);
  await site.services.store.mend();
  expect((await (await content(ada, id)).arrayBuffer()).byteLength).toBe(MiB);
});

test("what was refused has left no row, no object and no part, once it is swept", async () => {
  test.setTimeout(120_000);
  const eve = await site.newGuest();
  const rows = async () => {
    await inTable(eve);
    return site.database.query("SELECT id FROM upload WHERE status <> 'stored'");
  };
  await expect.poll(rows, { timeout: 75_000, intervals: [500] }).toEqual([]);
  for (const guest of refused) expect(await inStore(guest)).toEqual({ objects: 0, uploads: 0 });
});
