import { readJson } from "@/lib/body";
import { pool } from "@/lib/db/pool";
import { inTransaction } from "@/lib/db/transaction";
import { json, route } from "@/lib/http";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { churnRequest } from "../../../../contract";
import { lockList } from "../../../../items/lists";
import { writing } from "../../../../items/policy";
import { apply } from "../../../../items/writes";

// Writes to the visitor's own list while somebody reads it. There is no writer on the server: each
// request is some writes, and who stops sending has stopped writing.
//   POST { writes: [{ kind, id? }] } → 200, the row that each has made or taken away, and how many
//   rows there are now. All in one transaction.
// Fails with 400, 401, 403 (foreign origin), 404 (no list yet), 413, 415, 429.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  POST: withRateLimit(writing, async (request) => {
    const { userId } = await requireSession(request);
    const { writes } = await readJson(request, churnRequest);

    const body = await inTransaction(pool(), async (client) => {
      const list = await lockList(client, userId);
      const ids: (string | null)[] = [];
      for (const write of writes) ids.push(await apply(client, list, write, Math.random));
      const count = "SELECT count(*)::integer AS rows FROM own_item WHERE list = $1";
      const { rows } = await client.query<{ rows: number }>(count, [list]);
      return { ids, rows: rows[0]?.rows };
    });
    return json(body);
  }),
});
