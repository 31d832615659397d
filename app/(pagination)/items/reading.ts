import { requireSession } from "@/lib/session/session";
import type { Category, Direction, ListName, Sort } from "../contract";
import { listOf } from "./lists";

/** What is read, and in which order: everything that a cursor is bound to. */
export interface Reading {
  /** A visitor's list; null is the catalogue. */
  list: number | null;
  sort: Sort;
  direction: Direction;
  category?: Category;
}

/**
 * The reading that a query asks for. The catalogue is everybody's; `mine` is that of whoever asks.
 * @throws HttpError 401, 404 (no list yet)
 */
export async function readingOf(
  request: Request,
  query: Omit<Reading, "list"> & { list: ListName },
): Promise<Reading> {
  const { sort, direction, category } = query;
  if (query.list === "catalogue") return { list: null, sort, direction, category };
  const { userId } = await requireSession(request);
  return { list: await listOf(userId), sort, direction, category };
}
