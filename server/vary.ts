import type { ServerResponse } from "node:http";

/** The request headers that Next's pages differ by. */
const ofPages = /^(rsc|next-router-.+|next-url)$/i;

/**
 * Next says of every route that it varies by the headers of its own navigation. A route handler does
 * not read them: under /api, what a route says in Vary is all there is (RFC 9110, 12.5.5), and a cache
 * need not keep an answer for each page it was asked from.
 */
export function keepOwnVary(response: ServerResponse): void {
  const own = fieldsOf(response.getHeader("Vary")).filter((field) => !ofPages.test(field));
  if (own.length > 0) response.setHeader("Vary", own.join(", "));
  else response.removeHeader("Vary");
}

const fieldsOf = (value: number | string | string[] | undefined): string[] =>
  [value ?? []].flat().flatMap((line) =>
    String(line)
      .split(/[\t ]*,[\t ]*/)
      .filter(Boolean),
  );
