import { articlesV2 } from "../../../app/(versioning)/contract";
import { A, B, expect } from "../../fixtures";
import { call, type Guest, newGuest } from "../guest";
import { type Slice, told } from "./slice";

/** Of a guest the newest twenty are kept: each of these writes no more than that. */
const EACH = 15;
const GUESTS = 6;

/** Drafts of both versions, in turn. */
export async function articles(): Promise<Slice> {
  const guests: Guest[] = [];
  for (let n = 0; n < GUESTS; n++) guests.push(await newGuest(`Author ${n}`));
  const book: { guest: Guest; id: string }[] = [];
  let tries = 0;
  return {
    name: "versioning",
    paceMs: 600,
    async turn(base) {
      const guest = guests[Math.floor(tries / EACH) % GUESTS] as Guest;
      const version = (tries++ % 2) + 1;
      const body = { title: `Draft ${tries}`, body: "Written under load." };
      const asked = { guest, base, method: "POST", body };
      const created = await told(`/api/v${version}/articles`, asked);
      if (!created) return false;
      book.push({ guest, id: JSON.parse(created.text).id });
      return true;
    },
    async check() {
      for (const base of [A, B])
        for (const guest of guests) {
          const response = await call("/api/v2/articles", { guest, base });
          const ids = articlesV2.parse(await response.json()).articles.map(({ id }) => id);
          for (const one of book.filter((entry) => entry.guest === guest))
            expect(ids.filter((id) => id === one.id)).toHaveLength(1);
        }
    },
  };
}
