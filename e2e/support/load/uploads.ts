import { A, B, expect } from "../../fixtures";
import { call, newGuest } from "../guest";
import { inTable, noise, sha256 } from "../uploads";
import { type Slice, told } from "./slice";

const FILE_BYTES = 50_000;

/** Files, streamed. */
export async function uploads(): Promise<Slice> {
  const guest = await newGuest("Uploads under load");
  const book = new Map<string, string>();
  return {
    name: "uploads",
    paceMs: 400,
    async turn(base) {
      const body = noise(FILE_BYTES);
      const headers = { "content-type": "application/octet-stream" };
      const path = "/api/uploads/streaming?name=file.bin";
      const created = await told(path, { guest, base, method: "PUT", headers, body });
      if (!created) return false;
      book.set(JSON.parse(created.text).id, sha256(body));
      return true;
    },
    async check() {
      const { items } = await inTable(guest);
      const stored = items.filter(({ status }) => status === "stored");
      // The list is a page, the newest first: more were acknowledged than it holds, or all are on it.
      expect(stored.length).toBeLessThan(100);
      expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining([...book.keys()]));
      for (const [index, { id, sha256: digest }] of stored.entries()) {
        if (book.has(id)) expect(digest).toBe(book.get(id));
        // What is listed as stored is whole, acknowledged or not.
        const base = index % 2 ? A : B;
        const response = await call(`/api/uploads/${id}/content`, { guest, base });
        expect(response.status).toBe(200);
        expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(digest);
      }
    },
  };
}
