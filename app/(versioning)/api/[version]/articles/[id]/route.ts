import { route } from "@/lib/http";
import { get } from "../../../../articles/operations";

// One article, in the version that the path names.
//   GET → 200; public for a minute where the article is everybody's
// Fails with 400 (a header that names another version), 404, 410 (version-gone).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({ GET: get });
