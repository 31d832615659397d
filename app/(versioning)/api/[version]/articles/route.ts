import { route } from "@/lib/http";
import { withRateLimit } from "@/lib/rate-limit/guard";
import { list, post } from "../../../articles/operations";
import { posting } from "../../../articles/policy";

// Articles, in the version that the path names: /api/v1/articles, /api/v2/articles.
//   GET  → 200, everybody's articles and your own
//   POST a draft of the same version → 201 and Location
// One address is one representation: nothing is negotiated, and there is no Vary.
// Fails with 400 (a header that names another version), 401, 403, 404 (unknown-version), 410
// (version-gone), 413, 415, 429.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: list,
  POST: withRateLimit(posting, post),
});
