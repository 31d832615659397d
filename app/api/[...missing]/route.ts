import { HttpError, route } from "@/lib/http";

/** RFC 8631: where to look up what there is. */
const link = '</api/openapi.json>; rel="service-desc", </docs>; rel="service-doc"';

/** Whatever no other route answers: a problem, where Next would send a page. */
const missing = () => {
  const detail = "There is nothing at this address. What there is stands in /api/openapi.json.";
  throw new HttpError(404, "not-found", detail, { headers: { link } });
};

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: missing,
  POST: missing,
  PUT: missing,
  PATCH: missing,
  DELETE: missing,
  OPTIONS: missing,
});
