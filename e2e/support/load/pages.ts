import { type CursorPage, cursorPage, truth } from "../../../app/(pagination)/contract";
import { A, B, expect } from "../../fixtures";
import { call, newGuest } from "../guest";
import { other, type Slice, told } from "./slice";

/** Rows inserted into a list of one's own, and the first page of it read after each. */
export async function pages(): Promise<Slice> {
  const guest = await newGuest("Pages under load");
  expect((await call("/api/items/mine", { guest, method: "PUT" })).ok).toBe(true);
  const book: string[] = [];
  const cursorPath = "/api/items/cursor?list=mine&sort=time&direction=desc&limit=100";
  return {
    name: "pagination",
    paceMs: 350,
    async turn(base) {
      const body = { writes: [{ kind: "insert" }] };
      const written = await told("/api/items/mine/churn", { guest, base, method: "POST", body });
      if (!written) return false;
      const [id] = JSON.parse(written.text).ids;
      book.push(id);
      const read = await told(cursorPath, { guest, base: other(base) });
      if (read) expect(JSON.parse(read.text).items[0].id).toBe(id);
      return read !== null;
    },
    async check() {
      const path = "/api/items/mine/truth?sort=time&direction=desc";
      const { items } = truth.parse(await (await call(path, { guest, base: B })).json());
      const ids = items.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(book));
      const walked: string[] = [];
      let cursor: string | null = "";
      for (let base = A; cursor !== null; base = other(base)) {
        const at: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const response = await call(cursorPath + at, { guest, base });
        const page: CursorPage = cursorPage.parse(await response.json());
        walked.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      expect(walked).toEqual(ids);
    },
  };
}
