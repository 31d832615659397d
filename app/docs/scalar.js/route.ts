import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { matchesETag } from "@/lib/etag";
import { route } from "@/lib/http";
import { remember } from "@/lib/remember";

// Scalar as its package brings it along, in one file: bundled anew it would double the time of our build.
//   GET → 200, gzipped where that is accepted; 304 where If-None-Match names its ETag.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET(request) {
    const { plain, gzipped, etag } = script();
    const headers = new Headers({
      etag,
      "cache-control": "public, no-cache",
      vary: "Accept-Encoding",
    });
    if (matchesETag(request.headers.get("if-none-match"), etag))
      return new Response(null, { status: 304, headers });
    const small = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
    headers.set("content-type", "text/javascript; charset=utf-8");
    if (small) headers.set("content-encoding", "gzip");
    return new Response(small ? gzipped : plain, { headers });
  },
});

const FILE = "node_modules/@scalar/api-reference/dist/browser/standalone.js";

const script = () =>
  remember("scalar.js", () => {
    const plain = readFileSync(join(process.cwd(), FILE));
    // Weak: the two encodings have other bytes, and the same meaning.
    const etag = `W/"${createHash("sha256").update(plain).digest("base64url")}"`;
    return { plain, gzipped: gzipSync(plain), etag };
  });
