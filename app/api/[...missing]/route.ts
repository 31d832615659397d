import { notFound, route } from "@/lib/http";

/** Whatever no other route answers: a problem, where Next would send a page. */
const missing = () => {
  throw notFound();
};

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: missing,
  POST: missing,
  PUT: missing,
  PATCH: missing,
  DELETE: missing,
  OPTIONS: missing,
});
