import { randomUUID } from "node:crypto";
import { expect, test } from "../fixtures";
import { call } from "../support/guest";
import { metric } from "../support/instances";
import { content, created, inTable, MiB, noise, putFile, sha256 } from "../support/uploads";
import type { Site } from "./suite";

/** What downloads, lists and other people get. */
export function givingItBack(site: Site): void {
  test.describe("giving it back", () => {
    test("ranges, conditions and HEAD", async () => {
      const ada = await site.newGuest();
      const bytes = Buffer.from("0123456789");
      const { id } = await created(await putFile(ada, bytes, { name: "d.bin" }));
      const whole = await content(ada, id);
      const etag = whole.headers.get("etag") ?? "";
      expect(Object.fromEntries(whole.headers)).toMatchObject({
        ...{
          "content-length": "10",
          "accept-ranges": "bytes",
          "content-type": "application/octet-stream",
        },
        "content-disposition": "attachment; filename=d.bin",
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringMatching(/\bsandbox\b/),
        "repr-digest": `sha-256=:${sha256(bytes)}:`,
      });
      const head = await content(ada, id, {}, "HEAD");
      expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
        200,
        "10",
        "",
      ]);
      for (const [range, text, said] of [
        ["bytes=0-0", "0", "bytes 0-0/10"],
        ["bytes=7-", "789", "bytes 7-9/10"],
        ["bytes=-2", "89", "bytes 8-9/10"],
      ] as const) {
        const part = await content(ada, id, { range });
        expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
          206,
          text,
          said,
        ]);
      }
      const beyond = await content(ada, id, { range: "bytes=10-" });
      expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
      expect((await content(ada, id, { range: "bytes=0-0,2-3" })).status).toBe(200);
      expect((await content(ada, id, { range: "bytes=0-0", "if-range": '"other"' })).status).toBe(
        200,
      );
      expect((await content(ada, id, { range: "bytes=0-0", "if-range": etag })).status).toBe(206);
      const same = await content(ada, id, { "if-none-match": etag });
      expect([same.status, await same.text()]).toEqual([304, ""]);
    });

    test("a reader that leaves, often, leaves nothing open", async () => {
      const ada = await site.newGuest();
      const { id } = await created(await putFile(ada, noise(16 * MiB)));
      for (let n = 0; n < 30; n++) {
        const control = new AbortController();
        const response = await call(`/api/uploads/${id}/content`, {
          guest: ada,
          signal: control.signal,
        });
        await response.body?.getReader().read();
        control.abort();
      }
      // More than the pool of connections to the store: one that was kept would be missed now.
      expect(sha256(Buffer.from(await (await content(ada, id)).arrayBuffer()))).toBeTruthy();
      expect(await metric(site.other(), "process_resident_memory_bytes")).toBeGreaterThan(0);
    });

    test("pages, the newest first", async () => {
      const ada = await site.newGuest();
      for (let n = 0; n < 5; n++)
        await created(await putFile(ada, Buffer.from([n]), { name: `${n}` }));
      const names: string[] = [];
      let cursor = "";
      do {
        const page = await (
          await call(`/api/uploads?limit=2${cursor}`, { guest: ada, base: site.other() })
        ).json();
        names.push(...page.items.map(({ name }: { name: string }) => name));
        cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
      } while (cursor);
      expect(names).toEqual(["4", "3", "2", "1", "0"]);
      expect((await call("/api/uploads?limit=0", { guest: ada })).status).toBe(400);
      expect((await call("/api/uploads?cursor=x", { guest: ada })).status).toBe(400);
    });
  });

  test("somebody else's upload, an unknown one and no id at all are not there", async () => {
    const [ada, eve] = [await site.newGuest(), await site.newGuest()];
    const { id } = await created(await putFile(ada, Buffer.from("mine")));
    for (const other of [id, randomUUID(), "1", "..%2f..%2fetc", "0".repeat(500)])
      for (const [method, path] of [
        ["GET", ""],
        ["DELETE", ""],
        ["GET", "/content"],
        ["HEAD", "/content"],
        ["GET", "/parts"],
        ["POST", "/complete"],
      ] as const) {
        const response = await call(`/api/uploads/${other}${path}`, { guest: eve, method });
        expect([method, path, response.status]).toEqual([method, path, 404]);
      }
    expect((await content(ada, id)).status).toBe(200);
    expect((await inTable(eve)).items).toEqual([]);
  });
}
