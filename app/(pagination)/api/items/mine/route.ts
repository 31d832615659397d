import { json, route } from "@/lib/http";
import { logger } from "@/lib/logger";
import { requireSession } from "@/lib/session/session";
import { listLimits } from "../../../contract";
import { countWrite } from "../../../items/churn-limit";
import { newList, pruneLists } from "../../../items/lists";

// The visitor's own list, read as list=mine.
//   POST → 201, a list of 500 rows. One that was there is gone, and cursors into it are refused.
// Fails with 401, 403 (foreign origin), 429.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async POST(request) {
    const { userId } = await requireSession(request);
    countWrite(userId);
    await newList(userId);
    // Whoever makes a list clears away after the others. It is not their failure when that fails.
    pruneLists().catch((err) => logger().warn({ err }, "pruning item lists failed; the next does"));
    const headers = { location: "/api/items/cursor?list=mine" };
    return json({ rows: listLimits.rows }, { status: 201, headers });
  },
});
