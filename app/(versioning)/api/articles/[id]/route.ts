import { route } from "@/lib/http";
import { get } from "../../../articles/operations";

// One article, at an address that names no version.
//   GET → 200 in the version chosen by X-API-Version or Accept; public for a minute where the article
//   is everybody's: a cache needs the Vary to keep the versions apart
// Fails with 400, 404 (there is none, or it is not yours), 406, 410 (version-gone).
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({ GET: get });
