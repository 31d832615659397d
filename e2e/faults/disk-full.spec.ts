import { expect, test } from "../fixtures";
import { call } from "../support/guest";
import { type OwnSite, startSite } from "../support/own-site";
import { grant, sendPut } from "../support/presigned";
import { createSmallDisk, type SmallDisk } from "../support/small-disk";
import {
  codeOf,
  content,
  created,
  expectNothing,
  MiB,
  noise,
  post,
  postForm,
  problemOf,
  putFile,
  rawForm,
  sha256,
  type UploadsGuest,
} from "../support/uploads";

let disk: SmallDisk;
let site: OwnSite;

test.beforeAll(async () => {
  disk = await createSmallDisk(96 * MiB);
  site = await startSite({ storeDir: disk.dir });
});
test.afterAll(async () => {
  await site?.stop();
  await disk?.remove();
});
test.afterEach(() => disk?.free());

const text = rawForm({ name: "a.txt", type: "text/plain", bytes: "x".repeat(100_000) });

/** What is refused for want of room says so, and leaves no object, no part, no row and no file. */
async function expectRefused(send: (guest: UploadsGuest) => Promise<Response>): Promise<void> {
  const eve = await site.newGuest();
  const before = (await disk.files()).toSorted();
  const response = await send(eve);
  expect(await problemOf(response)).toEqual([507, "store-full"]);
  expect(response.headers.get("retry-after")).toBe("60");
  await expectNothing(eve);
  expect((await disk.files()).toSorted()).toEqual(before);
}

test("a disk that is full: an upload is told so, leaves nothing, and the rest goes on", async () => {
  const ada = await site.newGuest();
  const bytes = noise(2 * MiB);
  const kept = await created(await putFile(ada, bytes));
  const doomed = await created(await putFile(ada, noise(2 * MiB)));
  await disk.fill();

  await expectRefused((eve) => postForm(eve, "simple", text));
  await expectRefused((eve) => postForm(eve, "streaming", text));
  await expectRefused((eve) => putFile(eve, noise(20 * MiB)));
  await expectRefused((eve) =>
    post(eve, "/api/uploads/multipart", { name: "a", type: "text/plain", size: 10 }),
  );
  // Sent past us: the store says it in its own words.
  const eve = await site.newGuest();
  const size = 100_000;
  const announced = { name: "b.bin", type: "application/octet-stream", size, method: "PUT" };
  const granted = await grant(eve, announced);
  expect(await codeOf(await sendPut(granted, noise(size)))).toEqual([507, "InsufficientStorage"]);
  const { id } = granted.upload;
  expect(await problemOf(await post(eve, `/api/uploads/${id}/complete`))).toEqual([
    409,
    "not-sent",
  ]);

  const got = Buffer.from(await (await content(ada, kept.id)).arrayBuffer());
  expect(sha256(got)).toBe(kept.sha256);
  // A full disk is made less full.
  const deleted = await call(`/api/uploads/${doomed.id}`, { guest: ada, method: "DELETE" });
  expect(deleted.status).toBe(204);
  if (disk.real) await created(await putFile(ada, noise(MiB)));
  await disk.free();
  await created(await putFile(ada, noise(20 * MiB)));
});

test("a disk that gets full in the middle of a stream: the parts that were stored are gone", async () => {
  await disk.fill(12 * MiB);
  await expectRefused((eve) => putFile(eve, noise(20 * MiB)));
  // What fits goes on: nothing of the other one takes its room.
  const ada = await site.newGuest();
  if (disk.real) await created(await putFile(ada, noise(9 * MiB)));
  await disk.free();
  await created(await putFile(ada, noise(20 * MiB)));
});
