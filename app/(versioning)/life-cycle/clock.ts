import { z } from "zod";
import { HttpError } from "@/lib/http";
import { CLOCK_HEADER } from "../contract";

interface Clock {
  now: Date;
  /** Whether the request has moved it. */
  moved: boolean;
}

/**
 * The time that a request is answered at: ours, or the one that it brings along itself. It is the
 * request's own, so nobody moves the clock of anybody else.
 *
 * @param movable whether this deployment is a demo; elsewhere the header is not read at all
 * @throws HttpError 400
 */
export function clockOf(request: Request, movable: boolean, time = Date.now): Clock {
  const given = movable ? request.headers.get(CLOCK_HEADER) : null;
  if (given === null) return { now: new Date(time()), moved: false };
  const parsed = z.iso.datetime().safeParse(given);
  if (parsed.success) return { now: new Date(parsed.data), moved: true };
  const message = "must be a time of RFC 3339 in UTC, as 2029-09-01T00:00:00Z";
  throw new HttpError(400, "malformed-header", `${CLOCK_HEADER}: ${message}.`, {
    members: { errors: [{ field: CLOCK_HEADER, message }] },
  });
}
