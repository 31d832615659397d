import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { type Item, type OffsetPage, offsetQuery as offsetParameters } from "../../../contract";
import { cursors } from "../../../items/cursor";
import { deepPool, poolOf, timed } from "../../../items/database";
import { serverTiming } from "../../../items/headers";
import { positionOf } from "../../../items/keyset";
import { offsetQuery, totalOf, totalQuery } from "../../../items/offset";
import { readingOf } from "../../../items/reading";

// One page of a list, by offset.
//   GET ?offset= &limit= &total=exact|estimated|none &sort= &direction= &category= &list= → 200, the
//   items, the offset, the total, and a cursor to read on with. Server-Timing says what the items have
//   cost, and what the total.
// Fails with 400 (naming the parameter), 401 and 404 (list=mine), 503 (too-slow, busy).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const query = readQuery(request, offsetParameters);
    const { offset, limit } = query;
    const reading = await readingOf(request, query);

    const from = poolOf(reading, deepPool);
    const page = await timed<Item>(from, offsetQuery(reading, offset, limit));
    const last = page.rows.length === limit ? page.rows.at(-1) : undefined;
    const next = last && positionOf(last, reading, "next");
    const body: OffsetPage = {
      items: page.rows,
      offset,
      total: null,
      next_cursor: next ? cursors().encode(next, reading) : null,
    };
    if (query.total === "none") return json(body, { headers: serverTiming({ items: page.ms }) });

    const { rows, ms } = await timed(from, totalQuery(reading, query.total));
    body.total = totalOf(rows[0], query.total);
    return json(body, { headers: serverTiming({ items: page.ms, total: ms }) });
  },
});
