import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { type CursorPage, cursorQuery, type Item } from "../../../contract";
import { cursors } from "../../../items/cursor";
import { pagePool, poolOf, timed } from "../../../items/database";
import { linkHeader, serverTiming, urlOf } from "../../../items/headers";
import { keysetQuery, type Position, toPage } from "../../../items/keyset";
import { readingOf } from "../../../items/reading";

// One page of a list, by cursor.
//   GET ?cursor= &limit= &sort= &direction= &category= &list= → 200, the items, and the cursors of
//   the next page and of the one before; Link has the same. A cursor is followed as it is, with the
//   same sort, direction, category and list. Without one: the first page.
// Fails with 400 (naming the parameter; invalid-cursor), 401 and 404 (list=mine).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { cursor, ...query } = readQuery(request, cursorQuery);
    const reading = await readingOf(request, query);
    const position = cursor === undefined ? null : cursors().decode(cursor, reading);

    // One more than the page: whether there is a next one, for one row instead of a count.
    const { rows, ms } = await timed<Item>(
      poolOf(reading, pagePool),
      keysetQuery(reading, position, query.limit + 1),
    );
    const { items, next, prev } = toPage(rows, position, query);

    const sealed = (at: Position | null) => at && cursors().encode(at, reading);
    const body: CursorPage = { items, next_cursor: sealed(next), prev_cursor: sealed(prev) };
    const link = (cursor: string | null) =>
      cursor && urlOf("/api/items/cursor", { ...query, cursor });
    return json(body, {
      headers: {
        ...linkHeader({ next: link(body.next_cursor), prev: link(body.prev_cursor) }),
        ...serverTiming({ items: ms }),
      },
    });
  },
});
