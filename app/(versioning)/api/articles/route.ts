import { route } from "@/lib/http";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { list, post } from "../../articles/operations";
import { posting } from "../../articles/policy";

// Articles, at an address that names no version: X-API-Version does, or Accept, or nobody.
//   GET  → 200, everybody's articles and your own, in the version chosen; the newest where none is
//   POST a draft, in the version of its Content-Type → 201 and Location
// Every answer has Vary: Accept, X-API-Version, and names its version in X-API-Version.
// Fails with 400 (malformed-header, unknown-version, conflicting-versions, invalid-body), 401, 403,
// 406, 410 (version-gone), 413, 415, 429.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: list,
  POST: withRateLimit(posting, post),
});
