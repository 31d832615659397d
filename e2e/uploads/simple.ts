import { uploadLimits } from "../../app/(uploads)/contract";
import { expect, test } from "../fixtures";
import { call } from "../support/guest";
import {
  content,
  created,
  expectNothing,
  formType,
  MiB,
  open,
  png,
  postForm,
  problemOf,
  rawForm,
  sha256,
} from "../support/uploads";
import type { Site } from "./suite";

/** What `POST /api/uploads/simple` promises. */
export function theSimpleWay(site: Site): void {
  test.describe("the simple way", () => {
    test("stores a small file, and gives it back as it was", async () => {
      const ada = await site.newGuest();
      const response = await postForm(
        ada,
        "simple",
        rawForm({ name: "dot.png", type: "image/png", bytes: png }),
      );
      expect(response.headers.get("location")).toMatch(/^\/api\/uploads\/[\w-]{36}$/);
      const upload = await created(response);
      expect(upload).toMatchObject({
        ...{ way: "simple", status: "stored", name: "dot.png", type: "image/png" },
        ...{ size: png.length, sha256: sha256(png) },
      });
      const got = await content(ada, upload.id);
      expect(Buffer.from(await got.arrayBuffer()).equals(png)).toBe(true);
      expect(
        (await call(`/api/uploads/${upload.id}`, { guest: ada, method: "DELETE" })).status,
      ).toBe(204);
      await expectNothing(ada);
    });

    for (const [what, type, bytes, problem] of [
      ["a picture called text", "text/plain", png, "type-mismatch"],
      ["text called a picture", "image/png", Buffer.from("hello"), "type-mismatch"],
      ["SVG", "image/svg+xml", Buffer.from("<svg/>"), "type-not-accepted"],
      ["HTML", "text/html", Buffer.from("<p>"), "type-not-accepted"],
    ] as const)
      test(`refuses ${what}: 415`, async () => {
        const ada = await site.newGuest();
        const response = await postForm(ada, "simple", rawForm({ name: "x", type, bytes }));
        expect(await problemOf(response)).toEqual([415, problem]);
        await expectNothing(ada);
      });

    test("refuses 500 MB by its Content-Length: the answer comes though the client goes on sending", async () => {
      const ada = await site.newGuest();
      const { out, answer } = open(
        ada,
        "/api/uploads/simple",
        { "content-type": formType, "content-length": String(500 * MiB) },
        "POST",
      );
      const stop = keepWriting(out);
      const { status, headers, body } = await answer;
      stop();
      expect([status, headers.connection]).toEqual([413, "close"]);
      expect(JSON.parse(body).maxBytes).toBe(
        uploadLimits.simpleBytes + uploadLimits.besideFileBytes,
      );
      await expectNothing(ada);
    });

    test("refuses what comes in chunks at the limit", async () => {
      const ada = await site.newGuest();
      const { out, answer } = open(
        ada,
        "/api/uploads/simple",
        { "content-type": formType },
        "POST",
      );
      out.write(rawForm({ name: "x", type: "text/plain", bytes: "" }).subarray(0, -16));
      const stop = keepWriting(out);
      expect((await answer).status).toBe(413);
      stop();
      await expectNothing(ada);
    });
  });
}

/** Writes for as long as it may. @returns stops it */
function keepWriting(out: ReturnType<typeof open>["out"]): () => void {
  const chunk = Buffer.alloc(64 * 1024, "a");
  let stopped = false;
  const write = () => {
    while (!stopped && !out.destroyed && out.write(chunk));
    if (!stopped) out.once("drain", write);
  };
  write();
  return () => {
    stopped = true;
    out.destroy();
  };
}
