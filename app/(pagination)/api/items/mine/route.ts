import { json, route } from "@/lib/http";
import { logger } from "@/lib/logger";
import { requireSession } from "@/lib/session/session";
import { listLimits } from "../../../contract";
import { countWrite } from "../../../items/churn-limit";
import { newList, pruneLists, rowsOf } from "../../../items/lists";

// The visitor's own list, read as list=mine.
//   PUT → 201, a list of 500 rows; 200 where there is one
//   POST → 201, another list in its place: cursors into the old one are refused from now on
// Fails with 401, 403 (foreign origin), 429 (POST, and PUT of a new one).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async PUT(request) {
    const { userId } = await requireSession(request);
    const rows = await rowsOf(userId);
    return rows === null ? create(userId) : json({ rows });
  },

  async POST(request) {
    const { userId } = await requireSession(request);
    return create(userId);
  },
});

async function create(userId: string): Promise<Response> {
  countWrite(userId);
  await newList(userId);
  // Whoever makes a list clears away after the others. It is not their failure when that fails.
  pruneLists().catch((err) => logger().warn({ err }, "pruning item lists failed; the next does"));
  const headers = { location: "/api/items/cursor?list=mine" };
  return json({ rows: listLimits.rows }, { status: 201, headers });
}
