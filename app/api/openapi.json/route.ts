import { createHash } from "node:crypto";
import { operations, schemas } from "@/app/operations";
import { patterns } from "@/app/patterns";
import { matchesETag } from "@/lib/etag";
import { route } from "@/lib/http";
import { openApiDocument } from "@/lib/openapi/document";
import { remember } from "@/lib/remember";
import { about } from "./about";

// The OpenAPI 3.1 document of this API, made of the contracts that its handlers parse with.
//   GET → 200; 304 where If-None-Match names its ETag. For anyone.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET(request) {
    const { body, etag } = document();
    const headers = new Headers({
      etag,
      // The next deployment has another one: whoever keeps it asks whether it still holds.
      "cache-control": "public, no-cache",
      link: '</docs>; rel="service-doc"',
    });
    if (matchesETag(request.headers.get("if-none-match"), etag))
      return new Response(null, { status: 304, headers });
    headers.set("content-type", "application/json");
    return new Response(body, { headers });
  },
});

/** The same for as long as the process runs. */
const document = () =>
  remember("openapi", () => {
    const body = JSON.stringify(openApiDocument({ ...about(patterns), operations, schemas }));
    return { body, etag: `"${createHash("sha256").update(body).digest("base64url")}"` };
  });
