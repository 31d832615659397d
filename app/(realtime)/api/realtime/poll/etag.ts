import type { Page } from "../../../contract";

/**
 * The strong ETag of an answer: the position it leads to. The entries between `after` and a position
 * never change, so for one address the position names the bytes (RFC 9110, 8.8.3).
 */
export const etagOf = ({ position, reset }: Page) =>
  reset ? `"reset-${reset.oldest}"` : `"${position}"`;
