import { json, route } from "@/lib/http";
import { logger } from "@/lib/logger";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { requireSession } from "@/lib/session/session";
import { listLimits } from "../../../contract";
import { newList, pruneLists, rowsOf } from "../../../items/lists";
import { writing } from "../../../items/policy";

// The visitor's own list, read as list=mine.
//   PUT → 201, a list of 500 rows; 200 where there is one
//   POST → 201, another list in its place: cursors into the old one are refused from now on
// Fails with 401, 403 (foreign origin), 429 `quota-exceeded`.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  PUT: withRateLimit(writing, async (request) => {
    const { userId } = await requireSession(request);
    const rows = await rowsOf(userId);
    return rows === null ? create(userId) : json({ rows });
  }),

  POST: withRateLimit(writing, async (request) => {
    const { userId } = await requireSession(request);
    return create(userId);
  }),
});

async function create(userId: string): Promise<Response> {
  await newList(userId);
  // Whoever makes a list clears away after the others. It is not their failure when that fails.
  pruneLists().catch((err) => logger().warn({ err }, "pruning item lists failed; the next does"));
  const headers = { location: "/api/items/cursor?list=mine" };
  return json({ rows: listLimits.rows }, { status: 201, headers });
}
