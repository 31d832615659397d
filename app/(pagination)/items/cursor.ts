import { z } from "zod";
import { createCursors } from "@/lib/cursor";
import { env } from "@/lib/env";
import { remember } from "@/lib/remember";
import { pageLimits } from "../contract";
import type { Position } from "./keyset";
import type { Reading } from "./reading";

/** Counted up when the payload changes its form: cursors of before are then refused. */
const VERSION = 1;

/** A position without its names, which would make each cursor longer. */
const payload = z.tuple([z.enum(["next", "prev"]), z.boolean(), z.string(), z.string()]);

const scopeOf = ({ list, sort, direction, category }: Reading) => [
  ...[list, sort, direction, category ?? null],
];

/** Cursors of items, bound to the list, sort, direction and category that they were made for. */
export function createItemCursors({ secret, version = VERSION }: ItemCursorOptions) {
  const cursors = createCursors({
    ...{ name: "pagination", secret, version, position: payload },
    ...{ maxLength: pageLimits.cursorLength, source: "next_cursor" },
    boundTo: "another list, sort, direction or category",
  });
  return {
    encode: ({ way, inclusive, value, id }: Position, reading: Reading): string =>
      cursors.encode([way, inclusive, value, id], scopeOf(reading)),

    /** @throws HttpError 400 invalid-cursor, for whatever is wrong with it */
    decode(text: string, reading: Reading): Position {
      const [way, inclusive, value, id] = cursors.decode(text, scopeOf(reading));
      return { way, inclusive, value, id };
    },
  };
}

interface ItemCursorOptions {
  secret: string;
  version?: number;
}

/** Those of this deployment: every instance reads what another one has signed. */
export const cursors = () =>
  remember("item-cursors", () => createItemCursors({ secret: env().SESSION_SECRET }));
