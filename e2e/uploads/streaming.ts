import { createHash, randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "../fixtures";
import { call } from "../support/guest";
import {
  content,
  created,
  expectNothing,
  formType,
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
} from "../support/uploads";
import type { Site } from "./suite";

/** What `PUT` and `POST /api/uploads/streaming` promise. */
export function theStreamingWay(site: Site): void {
  test.describe("the streaming way", () => {
    test("PUT stores what it is sent, of any size, by its digest", async () => {
      const ada = await site.newGuest();
      for (const size of [0, 1, 8 * MiB, 20 * MiB + 3]) {
        const bytes = noise(size);
        const upload = await created(await putFile(ada, bytes));
        expect(upload).toMatchObject({ status: "stored", size, sha256: sha256(bytes) });
        const got = Buffer.from(await (await content(ada, upload.id)).arrayBuffer());
        expect(sha256(got)).toBe(upload.sha256);
      }
    });

    test("POST takes a form, whatever the name of the field", async () => {
      const ada = await site.newGuest();
      const bytes = noise(9 * MiB);
      const upload = await created(
        await postForm(ada, "streaming", rawForm({ name: "größer.bin", bytes })),
      );
      expect(upload).toMatchObject({
        name: "größer.bin",
        size: bytes.length,
        sha256: sha256(bytes),
      });
    });

    test("Content-Digest and Repr-Digest are verified; other algorithms are ignored", async () => {
      const ada = await site.newGuest();
      const bytes = noise(100);
      const sha512 = createHash("sha512").update(bytes).digest("base64");
      const good = `md5=:AAAA:, sha-256=:${sha256(bytes)}:, sha-512=:${sha512}:`;
      await created(await putFile(ada, bytes, { headers: { "content-digest": good } }));
      const eve = await site.newGuest();
      const wrong: Record<string, string>[] = [
        { "content-digest": `sha-256=:${sha256("other")}:` },
        { "repr-digest": `sha-512=:${Buffer.alloc(64).toString("base64")}:` },
      ];
      for (const headers of wrong)
        expect(await problemOf(await putFile(eve, bytes, { headers }))).toEqual([
          400,
          "digest-mismatch",
        ]);
      const malformed = await putFile(eve, bytes, { headers: { "content-digest": "sha-256=abc" } });
      expect(await problemOf(malformed)).toEqual([400, "invalid-digest"]);
      await expectNothing(eve);
    });

    test("a part of a file is refused, and a compressed one", async () => {
      const ada = await site.newGuest();
      const part = await putFile(ada, noise(5), { headers: { "content-range": "bytes 0-4/10" } });
      expect(await problemOf(part)).toEqual([400, "partial-content"]);
      const packed = await putFile(ada, noise(5), { headers: { "content-encoding": "gzip" } });
      expect(packed.headers.get("accept-encoding")).toBe("identity");
      expect(await problemOf(packed)).toEqual([415, "unsupported-content-encoding"]);
      await expectNothing(ada);
    });

    test("a body that is shorter than declared leaves nothing", async () => {
      const ada = await site.newGuest();
      const { out, answer } = open(ada, "/api/uploads/streaming", { "content-length": "5000000" });
      answer.catch(() => undefined);
      out.write(noise(3_000_000));
      await delay(50);
      out.destroy();
      await expectNothing(ada);
    });

    test("what is sent beyond the declared length is no part of the file", async () => {
      const ada = await site.newGuest();
      const { out, answer } = open(ada, "/api/uploads/streaming", { "content-length": "10" });
      out.end(Buffer.alloc(10, "a"));
      out.socket?.write("GET /x HTTP/1.1\r\n\r\n");
      expect((await answer).status).toBe(201);
      expect((await inTable(ada)).items).toMatchObject([{ size: 10 }]);
    });

    test("cut off at any moment, it leaves no object, no part and no row", async () => {
      test.setTimeout(120_000);
      const ada = await site.newGuest();
      const size = 30 * MiB;
      const bytes = noise(size);
      for (let n = 0; n < 16; n++) {
        const form = n % 2 === 0;
        const body = form ? rawForm({ name: "x", bytes }) : bytes;
        const headers = {
          "content-length": String(body.length),
          ...(form && { "content-type": formType }),
        };
        const { out, answer } = open(ada, "/api/uploads/streaming", headers, form ? "POST" : "PUT");
        answer.catch(() => undefined);
        // Most of them near what matters: the head, the boundaries of parts, the very end.
        const at =
          [0, 1, 8 * MiB, 16 * MiB + randomInt(100), body.length - 1, randomInt(size)][n % 6] ?? 0;
        out.write(body.subarray(0, at), () => setTimeout(() => out.destroy(), randomInt(30)));
        if (n % 4 === 3) await expectNothing(ada);
      }
      await expectNothing(ada);
      const left = async () =>
        (await (await call("/api/uploads/memory", { guest: ada })).json()).streams;
      await expect.poll(left, { timeout: 15_000 }).toBe(0);
    });

    test("deleted by its owner while it is under way, it is given up: 409", async () => {
      const ada = await site.newGuest();
      const { out, answer } = open(ada, "/api/uploads/streaming", {});
      out.write(noise(9 * MiB));
      const first = async () => (await inStore(ada)).uploads;
      await expect.poll(first, { timeout: 10_000 }).toBe(1);
      const { id } = (await inTable(ada)).items[0] ?? {};
      expect((await call(`/api/uploads/${id}`, { guest: ada, method: "DELETE" })).status).toBe(204);
      out.end(noise(9 * MiB));
      const { status, body } = await answer;
      expect([status, JSON.parse(body).type]).toEqual([409, "/problems/given-up"]);
      await expectNothing(ada);
    });

    test("a client that expects 100-continue is asked for the body, or refused before a byte of it", async () => {
      const ada = await site.newGuest();
      const wanted = open(ada, "/api/uploads/streaming", {
        expect: "100-continue",
        "content-length": "5",
      });
      let asked = 0;
      wanted.out.on("continue", () => {
        asked++;
        wanted.out.end("hello");
      });
      wanted.out.flushHeaders();
      expect((await wanted.answer).status).toBe(201);
      expect(asked).toBe(1);

      const refused = open(ada, "/api/uploads/streaming", {
        ...{ expect: "100-continue", "content-length": String(6 * 1024 * MiB) },
      });
      refused.out.on("continue", () => {
        asked++;
      });
      refused.out.flushHeaders();
      expect((await refused.answer).status).toBe(413);
      expect(asked).toBe(1);
      refused.out.destroy();
    });

    test("no more than four at once of a user", async () => {
      const ada = await site.newGuest();
      const all = Array.from({ length: 4 }, () =>
        open(ada, "/api/uploads/streaming", { "content-length": "10" }),
      );
      for (const { out, answer } of all) {
        answer.catch(() => undefined);
        out.write("a");
      }
      await expect.poll(async () => (await inTable(ada)).items.length, { timeout: 10_000 }).toBe(4);
      const response = await putFile(ada, Buffer.from("x"));
      expect(await problemOf(response)).toEqual([429, "too-many-streams"]);
      expect(response.headers.get("retry-after")).toBe("5");
      for (const { out } of all) out.destroy();
      await expectNothing(ada);
    });

    test("the quota holds, declared or not, and what is pending counts", async () => {
      const ada = await site.newGuest();
      const size = 2 * 1024 * MiB - 10;
      const begun = await post(ada, "/api/uploads/multipart", {
        ...{ name: "a", type: "text/plain", size },
      });
      expect(begun.status).toBe(201);
      expect(await problemOf(await putFile(ada, noise(11)))).toEqual([507, "quota-exceeded"]);
      const chunked = open(ada, "/api/uploads/streaming", {});
      chunked.out.end(noise(11));
      expect((await chunked.answer).status).toBe(507);
      await created(await putFile(ada, noise(10)));
    });
  });
}
