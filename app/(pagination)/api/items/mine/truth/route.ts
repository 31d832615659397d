import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { type Item, listLimits, truthQuery } from "../../../../contract";
import { ownPool, timed } from "../../../../items/database";
import { keysetQuery } from "../../../../items/keyset";
import { readingOf } from "../../../../items/reading";

// The visitor's whole list, as of now, in one statement and so of one snapshot. No row of a list is
// ever changed, and no id used twice: what is in the truth before a reading and in the one after it
// was there throughout.
//   GET ?sort= &direction= → 200, every row in that order
// Fails with 400 (naming the parameter), 401, 404 (no list yet).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const query = readQuery(request, truthQuery);
    const reading = await readingOf(request, { ...query, list: "mine" });
    const all = keysetQuery(reading, null, listLimits.maxRows);
    const { rows: items } = await timed<Item>(ownPool(), all);
    return json({ items });
  },
});
