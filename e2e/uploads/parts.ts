import { signedParts } from "../../app/(uploads)/contract";
import { createProxy } from "../../lib/proxy.fixture";
import { A, expect, test } from "../fixtures";
import { call } from "../support/guest";
import {
  content,
  expectNothing,
  inStore,
  MiB,
  noise,
  post,
  problemOf,
  sha256,
} from "../support/uploads";
import type { Site } from "./suite";

/** Multipart uploads: the store has the parts, and its list counts. */
export function inParts(site: Site): void {
  test.describe("straight to the store, in parts", () => {
    test("in parts: addresses for exact lengths, the list from the store, and one object", async () => {
      const ada = await site.newGuest();
      const bytes = noise(20 * MiB);
      const begun = await post(ada, "/api/uploads/multipart", {
        ...{ name: "b.bin", type: "application/octet-stream", size: bytes.length },
      });
      const { upload, partSize, parts: count } = await begun.json();
      expect([begun.status, partSize, count]).toEqual([201, 8 * MiB, 3]);
      const partOf = (number: number) => bytes.subarray((number - 1) * partSize, number * partSize);
      const wanted = [1, 2, 3].map((number) => ({ number, sha256: sha256(partOf(number)) }));
      const base = `/api/uploads/${upload.id}`;
      const response = await post(ada, `${base}/parts`, { parts: wanted });
      const { parts } = signedParts.parse(await response.json());
      const put = ({ url, headers }: (typeof parts)[number], body: Uint8Array) =>
        fetch(url, { method: "PUT", headers, body: body as BodyInit });
      const [one, two, three] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
      expect((await put(one, partOf(1))).status).toBe(200);
      // Where nothing checks a part's digest, sending it again is what mends it.
      const wrong = await put(three, Buffer.alloc(three.bytes));
      expect(wrong.status).toBe(site.checksums ? 400 : 200);
      expect((await put(three, partOf(3))).status).toBe(200);
      const incomplete = await post(ada, `${base}/complete`);
      expect(await incomplete.clone().json()).toMatchObject({ missing: [2] });
      expect(await problemOf(incomplete)).toEqual([409, "parts-missing"]);
      const listed = await (await call(`${base}/parts`, { guest: ada, base: site.other() })).json();
      expect(listed.parts).toMatchObject([
        { number: 1, bytes: 8 * MiB },
        { number: 3, bytes: 4 * MiB },
      ]);
      expect((await put(two, partOf(2))).status).toBe(200);
      const answers = await Promise.all([
        post(ada, `${base}/complete`),
        post(ada, `${base}/complete`),
      ]);
      const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(first).toBe(second);
      const digests = Buffer.concat(wanted.map((part) => Buffer.from(part.sha256, "base64")));
      expect(JSON.parse(first ?? "").sha256).toBe(site.checksums ? `${sha256(digests)}-3` : null);
      const got = Buffer.from(await (await content(ada, upload.id)).arrayBuffer());
      expect(got.equals(bytes)).toBe(true);
      expect(await problemOf(await call(`${base}/parts`, { guest: ada }))).toEqual([
        409,
        "not-under-way",
      ]);
    });

    test("no byte of the file goes through the application", async () => {
      const ada = await site.newGuest();
      const proxy = await createProxy(ada.base ?? A);
      try {
        const near = { ...ada, base: proxy.url };
        const bytes = noise(12 * MiB);
        const announced = { name: "b.bin", type: "application/octet-stream", size: bytes.length };
        const begun = await post(near, "/api/uploads/multipart", announced);
        const { upload, partSize } = await begun.json();
        const base = `/api/uploads/${upload.id}`;
        const partOf = (number: number) =>
          bytes.subarray((number - 1) * partSize, number * partSize);
        const wanted = [1, 2].map((number) => ({ number, sha256: sha256(partOf(number)) }));
        const signed = await post(near, `${base}/parts`, { parts: wanted });
        const { parts } = signedParts.parse(await signed.json());
        for (const { number, url, headers } of parts) {
          const body = partOf(number);
          expect((await fetch(url, { method: "PUT", headers, body })).status).toBe(200);
          expect(new URL(url).host).not.toBe(new URL(ada.base ?? A).host);
        }
        expect((await post(near, `${base}/complete`)).status).toBe(200);
        // Three requests and their answers, whatever the size of the file.
        expect(proxy.bytes()).toBeGreaterThan(0);
        expect(proxy.bytes()).toBeLessThan(16 * 1024);
        const got = Buffer.from(await (await content(ada, upload.id)).arrayBuffer());
        expect(got.equals(bytes)).toBe(true);
      } finally {
        await proxy.close();
      }
    });

    test("a thousand addresses at once; aborting leaves no part", async () => {
      const ada = await site.newGuest();
      const size = 1_100 * MiB;
      const { upload } = await (
        await post(ada, "/api/uploads/multipart", { name: "b", type: "text/plain", size })
      ).json();
      const base = `/api/uploads/${upload.id}`;
      const all = Array.from({ length: 138 }, (_, n) => ({ number: n + 1 }));
      const { parts } = await (await post(ada, `${base}/parts`, { parts: all })).json();
      expect(parts).toHaveLength(138);
      expect(new Set(parts.map(({ url }: { url: string }) => url)).size).toBe(138);
      const beyond = await post(ada, `${base}/parts`, { parts: [{ number: 139 }] });
      expect(beyond.status).toBe(400);
      expect((await inStore(ada)).uploads).toBe(1);
      expect((await call(base, { method: "DELETE", guest: ada })).status).toBe(204);
      await expectNothing(ada);
    });
  });
}
