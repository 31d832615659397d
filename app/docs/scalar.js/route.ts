import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { matchesETag } from "@/lib/etag";
import { route } from "@/lib/http";
import { remember } from "@/lib/remember";

// Scalar as its package brings it along, in one file: bundled anew it would double the time of our build.
//   GET → 200; 304 where If-None-Match names its ETag.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET(request) {
    const { body, etag } = script();
    const headers = new Headers({ etag, "cache-control": "public, no-cache" });
    if (matchesETag(request.headers.get("if-none-match"), etag))
      return new Response(null, { status: 304, headers });
    headers.set("content-type", "text/javascript; charset=utf-8");
    return new Response(body, { headers });
  },
});

const FILE = "node_modules/@scalar/api-reference/dist/browser/standalone.js";

const script = () =>
  remember("scalar.js", () => {
    const body = readFileSync(join(process.cwd(), FILE));
    return { body, etag: `"${createHash("sha256").update(body).digest("base64url")}"` };
  });
