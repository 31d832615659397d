import { expect, test } from "../fixtures";
import type { Guest } from "../support/guest";
import { grant as ask, type Grant, sendPut } from "../support/presigned";
import { codeOf, content, inStore, post, problemOf, sha256 } from "../support/uploads";
import type { Site } from "./suite";

const text = "hello, store";
const announced = { name: "a.txt", type: "text/plain", size: text.length };

const grant = (guest: Guest, change: object = {}) => ask(guest, { ...announced, ...change });

function sendForm({ send }: Grant, bytes: string, change: object = {}) {
  if (send.method !== "POST") throw new Error("no form");
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...send.fields, ...change }))
    form.append(name, value as string);
  form.append("file", new Blob([bytes]));
  return fetch(send.url, { method: "POST", body: form });
}

const complete = (guest: Guest, { upload }: Grant) =>
  post(guest, `/api/uploads/${upload.id}/complete`);

/** A grant that is over when this resolves. */
async function expired(guest: Guest, change: object): Promise<Grant> {
  const granted = await grant(guest, { ...change, expiresIn: 1 });
  const over = Date.parse(granted.expiresAt) + 1_000;
  await expect.poll(() => Date.now() > over, { timeout: 10_000 }).toBe(true);
  return granted;
}

/** Presigned forms and PUTs: the store enforces what was signed, and `complete` looks again. */
export function straightToTheStore(site: Site): void {
  test.describe("straight to the store", () => {
    test("a form: exactly this key, size, type and digest, then complete", async () => {
      test.skip(!site.forms, "this store knows no forms");
      const ada = await site.newGuest();
      const granted = await grant(ada, { sha256: sha256(text) });
      const path = `/api/uploads/${granted.upload.id}/complete`;
      expect(await problemOf(await post(ada, path))).toEqual([409, "not-sent"]);
      expect(await codeOf(await sendForm(granted, text, { key: `u/${ada.userId}/other` }))).toEqual(
        [403, "AccessDenied"],
      );
      expect(await codeOf(await sendForm(granted, `${text}!`))).toEqual([400, "EntityTooLarge"]);
      expect(await codeOf(await sendForm(granted, text.slice(1)))).toEqual([400, "EntityTooSmall"]);
      expect(await codeOf(await sendForm(granted, text, { "Content-Type": "text/html" }))).toEqual([
        403,
        "AccessDenied",
      ]);
      expect((await codeOf(await sendForm(granted, text.toUpperCase())))[1]).toMatch(
        /BadDigest|InvalidDigest/,
      );
      expect(await inStore(ada)).toEqual({ objects: 0, uploads: 0 });

      expect((await sendForm(granted, text)).status).toBe(204);
      const answers = await Promise.all([post(ada, path), post(ada, path), post(ada, path)]);
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(bodies).size).toBe(1);
      expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ status: "stored", sha256: sha256(text) });
      const { id } = granted.upload;
      expect(await (await content(ada, id)).text()).toBe(text);
      // The form is still good: what it puts there now is not what was completed.
      const replaced = await grant(ada);
      expect((await sendForm(replaced, "first, store")).status).toBe(204);
      expect((await post(ada, `/api/uploads/${replaced.upload.id}/complete`)).status).toBe(200);
      expect((await sendForm(replaced, "other, store")).status).toBe(204);
      expect(await problemOf(await content(ada, replaced.upload.id))).toEqual([410, "gone"]);
    });

    test("a form expires", async () => {
      test.skip(!site.forms, "this store knows no forms");
      const granted = await expired(await site.newGuest(), {});
      expect(await codeOf(await sendForm(granted, text))).toEqual([403, "AccessDenied"]);
    });

    test("a PUT with signed type and length, and a digest that holds", async () => {
      const ada = await site.newGuest();
      const granted = await grant(ada, { method: "PUT", sha256: sha256(text) });
      const html = { "content-type": "text/html" };
      expect((await codeOf(await sendPut(granted, text, html)))[0]).toBe(403);
      expect((await codeOf(await sendPut(granted, `${text}!`)))[0]).toBe(403);
      expect(await problemOf(await complete(ada, granted))).toEqual([409, "not-sent"]);
      expect(await inStore(ada)).toEqual({ objects: 0, uploads: 0 });

      expect((await sendPut(granted, text)).status).toBe(200);
      const answers = await Promise.all([complete(ada, granted), complete(ada, granted)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [one, two] = await Promise.all(answers.map((answer) => answer.json()));
      expect(one).toMatchObject({ status: "stored", sha256: sha256(text) });
      expect(two).toEqual(one);
      expect(await (await content(ada, granted.upload.id)).text()).toBe(text);
    });

    test("other bytes than the digest promised are no upload", async () => {
      const ada = await site.newGuest();
      const granted = await grant(ada, { method: "PUT", sha256: sha256(text) });
      const { status } = await sendPut(granted, text.toUpperCase());
      // A store without checksums takes them: then they are found out, and deleted.
      expect(status).toBe(site.checksums ? 400 : 200);
      const refusal = site.checksums ? [409, "not-sent"] : [422, "rejected"];
      expect(await problemOf(await complete(ada, granted))).toEqual(refusal);
      expect(await inStore(ada)).toEqual({ objects: 0, uploads: 0 });
    });

    test("what a PUT puts there after completion is not given out", async () => {
      const ada = await site.newGuest();
      const granted = await grant(ada, { method: "PUT" });
      expect((await sendPut(granted, text)).status).toBe(200);
      expect((await complete(ada, granted)).status).toBe(200);
      expect((await sendPut(granted, text.toUpperCase())).status).toBe(200);
      expect(await problemOf(await content(ada, granted.upload.id))).toEqual([410, "gone"]);
    });

    test("a PUT expires", async () => {
      const granted = await expired(await site.newGuest(), { method: "PUT" });
      expect(await codeOf(await sendPut(granted, text))).toEqual([403, "AccessDenied"]);
    });

    test("what is not what was announced is deleted: 422, each time", async () => {
      const ada = await site.newGuest();
      const granted = await grant(ada, { method: "PUT", type: "image/png" });
      expect((await sendPut(granted, text)).status).toBe(200);
      for (const answer of await Promise.all([complete(ada, granted), complete(ada, granted)]))
        expect(await problemOf(answer)).toEqual([422, "rejected"]);
      await expect.poll(() => inStore(ada)).toEqual({ objects: 0, uploads: 0 });
    });
  });
}
