import { json, route } from "@/lib/http";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { jobsQuery } from "../../contract";
import { jobCursors } from "../../jobs/cursor";
import { readPage } from "../../jobs/rows";

// GET ?limit=&cursor= → 200 { jobs }: one's jobs, the newest first. Link rel="next" (RFC 8288) is the
//   next page; without it, this one is the last.
// Fails with 400 (a cursor that is not ours), 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    const { cursor, limit } = readQuery(request, jobsQuery);
    const after = cursor === undefined ? undefined : jobCursors().decode(cursor, [userId]);
    const { jobs, next } = await readPage(userId, after, limit);

    const headers = new Headers();
    if (next) {
      const query = new URLSearchParams({
        limit: String(limit),
        cursor: jobCursors().encode(next, [userId]),
      });
      headers.set("link", `</api/jobs?${query}>; rel="next"`);
    }
    return json({ jobs }, { headers });
  },
});
