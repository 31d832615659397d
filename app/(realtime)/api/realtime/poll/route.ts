import { matchesETag } from "@/lib/etag";
import { json, route } from "@/lib/http";
import { log } from "@/lib/log";
import { readQuery } from "@/lib/query";
import { requireSession } from "@/lib/session/session";
import { traffic } from "@/lib/traffic";
import { type Page, positionQuery, realtimeLimits } from "../../../contract";
import { streamOf, toPage } from "../../../entries";
import { audience, labelOf } from "../../../live";
import { etagOf } from "./etag";

// Short polling: what came after a position, at once.
//   GET ?after=&run= → 200 { entries, position } with an ETag that is the position; 304 where
//   If-None-Match names it; 200 { reset } where the position is pruned or beyond the end.
// Fails with 400 (naming the parameter), 401.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  async GET(request) {
    const { userId } = await requireSession(request);
    const { after, run } = readQuery(request, positionQuery);
    if (run) traffic().label(request, labelOf(userId, run, "poll"));
    audience().touch(userId);

    const page = await pageAfter(userId, after);
    // Stored by the browser alone, and never used without asking here.
    const headers = { etag: etagOf(page), "cache-control": "private, no-cache" };
    if (matchesETag(request.headers.get("if-none-match"), headers.etag))
      return new Response(null, { status: 304, headers });
    return json(page, { headers });
  },
});

async function pageAfter(userId: string, after: number): Promise<Page> {
  const { entries, head, floor } = await log().read(
    streamOf(userId),
    after,
    realtimeLimits.pageEntries,
  );
  if (after < floor || after > head) return toPage({ kind: "reset", oldest: floor + 1 });
  return entries.length > 0
    ? toPage({ kind: "entries", entries })
    : { entries: [], position: after };
}
