import { matchesETag } from "@/lib/etag";
import { route } from "@/lib/http";
import { openApi } from "@/lib/openapi/generated/document";

// The OpenAPI 3.1 document of this API, made of the contracts that its handlers parse with, at build.
//   GET → 200; 304 where If-None-Match names its ETag. For anyone.
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET(request) {
    const headers = new Headers({
      etag: openApi.etag,
      // The next deployment has another one: a client that keeps it asks whether it still holds.
      "cache-control": "public, no-cache",
      link: '</docs>; rel="service-doc"',
    });
    if (matchesETag(request.headers.get("if-none-match"), openApi.etag))
      return new Response(null, { status: 304, headers });
    headers.set("content-type", "application/json");
    return new Response(openApi.body, { headers });
  },
});
